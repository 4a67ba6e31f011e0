package io.github.djlqat.mixedprecision;

/** Where half-precision operations compute. */
public enum Computation {
    /**
     * Natively where that is fast: FP16 and BF16 on a GPU, BF16 on a CPU with instructions for it.
     */
    AUTO,

    /** In the device's own half-precision kernels. FP16 on a CPU is many times slower than FP32. */
    NATIVE,

    /**
     * In single precision, with operands, results and their gradients rounded to the low format.
     */
    SIMULATED
}
