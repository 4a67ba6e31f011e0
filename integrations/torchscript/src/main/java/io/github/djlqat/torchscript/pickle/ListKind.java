package io.github.djlqat.torchscript.pickle;

/** The kinds of lists that TorchScript pickles tell apart. */
public enum ListKind {
    /** A list of any items. */
    GENERIC(""),
    /** A list of ints. */
    INTEGERS("build_intlist"),
    /** A list of floats. */
    FLOATS("build_doublelist"),
    /** A list of bools. */
    BOOLEANS("build_boollist"),
    /** A list of tensors. */
    TENSORS("build_tensorlist");

    private final String builder;

    ListKind(String builder) {
        this.builder = builder;
    }

    /** The function in {@code torch.jit._pickle} that marks such a list, empty for none. */
    String builder() {
        return builder;
    }

    boolean admits(PickleValue item) {
        return switch (this) {
            case GENERIC -> true;
            case INTEGERS -> item instanceof IntegerValue;
            case FLOATS -> item instanceof FloatValue;
            case BOOLEANS -> item instanceof BooleanValue;
            case TENSORS -> item instanceof TensorValue || item instanceof CallValue;
        };
    }
}
