package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.kernel.FloatRounding;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.TensorKernel;

/** Casts between single and half precision. */
enum CastKernel implements TensorKernel {
    /** To BF16 and back; the gradient is rounded too. */
    ROUND_BFLOAT16("round_trip", 15, FloatFormat.BFLOAT16),

    /** To FP16 and back, which overflows to infinity; the gradient is rounded too. */
    ROUND_FLOAT16("round_trip", 5, FloatFormat.FLOAT16),

    /** To a BF16 tensor, which only this module's kernels may be given. */
    TO_BFLOAT16("half", 15, FloatFormat.BFLOAT16),

    /** To an FP16 tensor. */
    TO_FLOAT16("half", 5, FloatFormat.FLOAT16),

    /** From FP16 to single precision, with a gradient, which DJL's cast has not. */
    TO_FLOAT32("single", 6, FloatFormat.ieee(8, 23));

    private final String method;
    private final int type;
    private final FloatFormat format;

    CastKernel(String method, int type, FloatFormat format) {
        this.method = method;
        this.type = type;
        this.format = format;
    }

    static CastKernel rounding(Precision precision) {
        return precision == Precision.FLOAT16 ? ROUND_FLOAT16 : ROUND_BFLOAT16;
    }

    static CastKernel casting(Precision precision) {
        return precision == Precision.FLOAT16 ? TO_FLOAT16 : TO_BFLOAT16;
    }

    /** The number by which TorchScript knows the type. */
    int type() {
        return type;
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method(method);
    }

    @Override
    public double[] constants() {
        return this == TO_FLOAT32 ? new double[0] : new double[] {type};
    }

    @Override
    public boolean repeatsConstants() {
        return true;
    }

    @Override
    public void check(NDList inputs) {
        DataType given = inputs.singletonOrThrow().getDataType();
        // DJL does not know the type of BF16 arrays.
        boolean legal =
                given == DataType.FLOAT32 || given == DataType.FLOAT16 || given == DataType.UNKNOWN;
        if (!legal) {
            throw new IllegalArgumentException(
                    "An array of " + given + " is not cast; float32 and float16 are.");
        }
    }

    /** Without TorchScript the values are the same, but gradients are not rounded. */
    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.head();
        NDArray single = x.getDataType() == DataType.FLOAT32 ? x : x.toType(DataType.FLOAT32, true);
        return new FloatRounding(format, Rounding.HALF_EVEN, Overflow.NON_FINITE, false)
                .compute(new NDList(single));
    }
}
