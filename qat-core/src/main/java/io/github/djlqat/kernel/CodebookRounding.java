package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.format.CodebookFormat;

/**
 * Rounds an array to the values of a codebook, with the straight-through gradient.
 *
 * <p>Every element becomes what {@link io.github.djlqat.format.CodebookCodec#round} defines; NaN
 * becomes the smallest value. The gradient is 1 everywhere, or with {@code clipGradient} 1 within
 * the range of the table and 0 beyond. The input is one float32 array of any shape.
 *
 * @param format the codebook
 * @param clipGradient whether values beyond the table lose their gradient
 */
public record CodebookRounding(CodebookFormat format, boolean clipGradient)
        implements TensorKernel {

    @Override
    public ScriptMethod script() {
        return CodebookTable.script("round");
    }

    @Override
    public double[] constants() {
        return CodebookTable.of(format).constants(clipGradient, 0);
    }

    @Override
    public void check(NDList inputs) {
        CodebookTable.check(inputs);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.head();
        NDArray fixed = x.stopGradient();
        NDArray rounded = CodebookTable.of(format).nearest(fixed);
        NDArray lost = fixed.isInfinite().logicalOr(fixed.isNaN());
        if (clipGradient) {
            lost =
                    lost.logicalOr(fixed.lt((float) format.minValue()))
                            .logicalOr(fixed.gt((float) format.maxValue()));
        }
        NDArray passes = lost.logicalNot().toType(DataType.FLOAT32, false);
        NDArray finite = NDArrays.where(lost, x.zerosLike(), x);
        return rounded.sub(finite.stopGradient().sub(finite).mul(passes));
    }
}
