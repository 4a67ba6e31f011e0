package io.github.djlqat.fakequant;

import java.util.List;

/**
 * An operation of a prepared model that takes quantized tensors.
 *
 * @param name the name of the layer, or of the operation where it has no weight
 * @param op the name of the operation, such as {@code convolution}
 * @param arguments the tensors that it takes quantized
 */
public record QuantizedOperation(String name, String op, List<QuantizedArgument> arguments) {

    /**
     * Copies the list.
     *
     * @param name the name of the layer, or of the operation where it has no weight
     * @param op the name of the operation, such as {@code convolution}
     * @param arguments the tensors that it takes quantized
     */
    public QuantizedOperation {
        arguments = List.copyOf(arguments);
    }
}
