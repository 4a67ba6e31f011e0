package io.github.djlqat.torchscript.pickle;

/**
 * The name of a constant of PyTorch, which stands among the arguments of a {@link CallValue}.
 *
 * @param name the qualified name, such as {@code torch.per_tensor_affine}
 */
public record NameValue(String name) implements PickleValue {}
