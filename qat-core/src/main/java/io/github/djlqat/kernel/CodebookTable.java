package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.TieBreak;

/** A codebook as tensor kernels use it: ascending values and the boundaries between them. */
record CodebookTable(float[] values, float[] boundaries, boolean tiesGoUp) {

    private static final ScriptModule MODULE =
            new ScriptModule(CodebookTable.class, "codebooks.py");

    static ScriptMethod script(String name) {
        return new ScriptMethod(MODULE, name);
    }

    static void check(NDList inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException(
                    "Rounding to a codebook takes one array, not " + inputs.size() + ".");
        }
        KernelArguments.checkDenseFloat("input", inputs.head());
    }

    static CodebookTable of(CodebookFormat format) {
        float[] byCode = format.values();
        int[] codes = format.codesByValue();
        float[] values = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = byCode[codes[i]];
        }
        return new CodebookTable(
                values, format.boundaries(), format.tieBreak() == TieBreak.UPPER_VALUE);
    }

    double[] constants(boolean clipGradient, int blockSize) {
        double[] constants = new double[3 + values.length + boundaries.length];
        constants[0] = tiesGoUp ? 1 : 0;
        constants[1] = clipGradient ? 1 : 0;
        constants[2] = blockSize;
        for (int i = 0; i < values.length; i++) {
            constants[3 + i] = values[i];
        }
        for (int i = 0; i < boundaries.length; i++) {
            constants[3 + values.length + i] = boundaries[i];
        }
        return constants;
    }

    /** Climbs from value to value past each boundary, which NaN never passes. */
    NDArray nearest(NDArray x) {
        NDArray result = x.onesLike().mul(values[0]);
        for (int i = 0; i < boundaries.length; i++) {
            NDArray passed = tiesGoUp ? x.gte(boundaries[i]) : x.gt(boundaries[i]);
            result = NDArrays.where(passed, x.onesLike().mul(values[i + 1]), result);
        }
        return result;
    }
}
