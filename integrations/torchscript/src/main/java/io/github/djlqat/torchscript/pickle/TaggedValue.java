package io.github.djlqat.torchscript.pickle;

/**
 * A list or dict with its type, which its items alone do not tell where it is empty.
 *
 * @param value the list or dict
 * @param type the type as TorchScript writes it, such as {@code Dict[str, int]}
 */
public record TaggedValue(PickleValue value, String type) implements PickleValue {}
