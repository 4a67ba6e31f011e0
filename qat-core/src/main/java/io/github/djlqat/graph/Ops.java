package io.github.djlqat.graph;

import java.util.Set;

/** What is known of the operations of {@code NDArray} and {@code NDArrayEx} by their names. */
public final class Ops {

    private static final Set<String> REPEATS_RECEIVER =
            Set.of(
                    "convolution",
                    "deconvolution",
                    "linear",
                    "embedding",
                    "prelu",
                    "dropout",
                    "layerNorm",
                    "batchNorm",
                    "rnn",
                    "gru",
                    "lstm");

    private static final Set<String> VALUE_PRESERVING =
            Set.of(
                    "dropout",
                    "maxPool",
                    "globalMaxPool",
                    "reshape",
                    "flatten",
                    "transpose",
                    "swapAxes",
                    "squeeze",
                    "expandDims",
                    "get",
                    "broadcast",
                    "concat",
                    "stack");

    private static final Set<String> ELEMENTWISE =
            Set.of(
                    "add",
                    "addi",
                    "mul",
                    "muli",
                    "concat",
                    "stack",
                    "avgPool",
                    "globalAvgPool",
                    "mean");

    private static final Set<String> CREATORS =
            Set.of(
                    "zeros",
                    "ones",
                    "full",
                    "create",
                    "arange",
                    "eye",
                    "linspace",
                    "zerosLike",
                    "onesLike");

    private static final Set<String> OF_SHAPES = Set.of("multiBoxPrior");

    private static final Set<String> SIZED_BY_DATA = Set.of("booleanMask", "nonzero", "unique");

    private static final Set<String> RECTIFIERS = Set.of("relu", "clip");

    private Ops() {}

    /**
     * Returns whether an op takes its input again as the argument behind the receiver.
     *
     * @param op the op
     * @return true for the neural network functions of {@code NDArrayEx}
     */
    public static boolean repeatsReceiver(String op) {
        return REPEATS_RECEIVER.contains(op);
    }

    /**
     * Returns whether every element of an op's result is an element of one of its inputs when the
     * model is not trained.
     *
     * @param op the op
     * @return true for pooling by maximum, for indexing, for changes of shape and for dropout
     */
    public static boolean isValuePreserving(String op) {
        return VALUE_PRESERVING.contains(op);
    }

    /**
     * Returns whether a runtime has an integer form of an op that has no weights.
     *
     * @param op the op
     * @return true for additions, products, concatenations and average pooling
     */
    public static boolean isElementwise(String op) {
        return ELEMENTWISE.contains(op);
    }

    /**
     * Returns whether an op makes an array from no other array.
     *
     * @param op the op
     * @return true for the creating methods of a manager
     */
    public static boolean isCreator(String op) {
        return CREATORS.contains(op);
    }

    /**
     * Returns whether an op reads the shapes of its arrays only, and makes a constant of them.
     *
     * @param op the op
     * @return true for the anchor boxes of a feature map
     */
    public static boolean readsOnlyShapes(String op) {
        return OF_SHAPES.contains(op);
    }

    /**
     * Returns whether the size of an op's result depends on the elements of its arrays.
     *
     * @param op the op
     * @return true for what selects by a condition
     */
    public static boolean isSizedByData(String op) {
        return SIZED_BY_DATA.contains(op);
    }

    /**
     * Returns whether an op only cuts off values, which the range of a quantizer behind it does
     * too.
     *
     * @param op the op
     * @return true for relu and clip
     */
    public static boolean isRectifier(String op) {
        return RECTIFIERS.contains(op);
    }
}
