package io.github.djlqat.torchscript.pickle;

import java.util.List;

/**
 * A value that only PyTorch makes, such as a device or a quantized tensor, kept as the call that
 * makes it.
 *
 * @param function the function's qualified name, one of {@link Globals}' allow-list
 * @param arguments the arguments
 */
public record CallValue(String function, List<PickleValue> arguments) implements PickleValue {

    /**
     * Copies the arguments.
     *
     * @param function the function's qualified name, one of {@link Globals}' allow-list
     * @param arguments the arguments
     */
    public CallValue {
        arguments = List.copyOf(arguments);
    }
}
