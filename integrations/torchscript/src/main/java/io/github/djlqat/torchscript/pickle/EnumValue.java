package io.github.djlqat.torchscript.pickle;

/**
 * A member of a TorchScript enum class.
 *
 * @param className the class's qualified name, which begins with {@code __torch__.}
 * @param value the member's value
 */
public record EnumValue(String className, PickleValue value) implements PickleValue {}
