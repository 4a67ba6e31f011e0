package io.github.djlqat.mixedprecision;

import java.util.HashSet;
import java.util.Set;

/**
 * Which operations compute in low and which in single precision. All others take what they are
 * given, and the widest type where that differs.
 *
 * <p>Operations are named as the methods of {@code NDArray} and {@code NDArrayEx}. Those that
 * change their receiver keep its type.
 *
 * @param lowPrecision the operations whose operands are cast to the low format
 * @param singlePrecision the operations whose results are in single precision
 */
public record AutocastPolicy(Set<String> lowPrecision, Set<String> singlePrecision) {

    /** The lists of torch.amp for CUDA, and DJL's recurrent cells. */
    public static final AutocastPolicy DEFAULT =
            new AutocastPolicy(
                    Set.of(
                            "linear",
                            "convolution",
                            "deconvolution",
                            "matMul",
                            "dot",
                            "batchDot",
                            "batchMatMul",
                            "prelu",
                            "rnn",
                            "gru",
                            "lstm"),
                    Set.of(
                            "softmax",
                            "logSoftmax",
                            "layerNorm",
                            "norm",
                            "normalize",
                            "sum",
                            "prod",
                            "cumSum",
                            "cumProd",
                            "exp",
                            "log",
                            "log10",
                            "log2",
                            "pow",
                            "rpow",
                            "rdiv",
                            "lpPool",
                            "globalLpPool",
                            "interpolation",
                            "square",
                            "softPlus",
                            "acos",
                            "asin",
                            "cosh",
                            "sinh",
                            "tan",
                            "erfinv"));

    /**
     * Checks the lists.
     *
     * @param lowPrecision the operations whose operands are cast to the low format
     * @param singlePrecision the operations whose results are in single precision
     * @throws IllegalArgumentException if an operation is on both
     */
    public AutocastPolicy {
        lowPrecision = Set.copyOf(lowPrecision);
        singlePrecision = Set.copyOf(singlePrecision);
        for (String op : lowPrecision) {
            if (singlePrecision.contains(op)) {
                throw new IllegalArgumentException(
                        "The operation "
                                + op
                                + " is listed for low and for single precision; only one is legal.");
            }
        }
    }

    /**
     * Returns a policy in which further operations compute in low precision.
     *
     * @param ops the operations, taken off the list of single precision
     * @return the policy
     */
    public AutocastPolicy withLowPrecision(String... ops) {
        return new AutocastPolicy(with(lowPrecision, ops), without(singlePrecision, ops));
    }

    /**
     * Returns a policy in which further operations compute in single precision.
     *
     * @param ops the operations, taken off the list of low precision
     * @return the policy
     */
    public AutocastPolicy withSinglePrecision(String... ops) {
        return new AutocastPolicy(without(lowPrecision, ops), with(singlePrecision, ops));
    }

    private static Set<String> with(Set<String> list, String... ops) {
        Set<String> more = new HashSet<>(list);
        more.addAll(Set.of(ops));
        return more;
    }

    private static Set<String> without(Set<String> list, String... ops) {
        Set<String> fewer = new HashSet<>(list);
        fewer.removeAll(Set.of(ops));
        return fewer;
    }
}
