package io.github.djlqat.kernel;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.format.Specials;

/**
 * Rounds an array to the values of a floating-point format, with the straight-through gradient.
 *
 * <p>Every element becomes what {@link io.github.djlqat.format.FloatCodec} defines, the sign of a
 * zero too; a NaN is a NaN, whatever its bits. The gradient is 1 everywhere, or with {@code
 * clipGradient} 1 where \( |x| \) is at most the format's largest value and 0 beyond.
 *
 * <p>The inputs are a float32 array \( x \) of any shape and, where the rounding is {@link
 * Rounding#STOCHASTIC}, an array of the same shape with uniform numbers in \( [0, 1) \), such as
 * {@link UniformNoise} draws.
 *
 * @param format the format: signed, its smallest normal value at least \( 2^{-126} \)
 * @param rounding the rounding mode
 * @param overflow what becomes of magnitudes beyond the largest value
 * @param clipGradient whether values beyond the largest lose their gradient
 */
public record FloatRounding(
        FloatFormat format, Rounding rounding, Overflow overflow, boolean clipGradient)
        implements HostKernel {

    private static final ScriptModule MODULE = new ScriptModule(FloatRounding.class, "floats.py");

    /** Checks the format. */
    public FloatRounding {
        if (!format.signed() || format.minExponent() < Float.MIN_EXPONENT) {
            throw new IllegalArgumentException(
                    "Arrays are not rounded to "
                            + format
                            + ", which is "
                            + (format.signed()
                                    ? "normal down to 2^" + format.minExponent()
                                    : "unsigned")
                            + "; legal are signed formats that are normal down to 2^-126 at most.");
        }
    }

    /**
     * Returns the usual rounding: halves to even, saturating, the gradient clipped.
     *
     * @param format the format
     * @return the kernel
     */
    public static FloatRounding of(FloatFormat format) {
        return new FloatRounding(format, Rounding.HALF_EVEN, Overflow.SATURATE, true);
    }

    @Override
    public ScriptMethod script() {
        return new ScriptMethod(
                MODULE, rounding == Rounding.STOCHASTIC ? "round_stochastic" : "round");
    }

    @Override
    public double[] constants() {
        return new double[] {
            bound(),
            format.maxValue(),
            format.smallestNormal(),
            format.epsilon(),
            mode(),
            beyond(),
            format.specials() == Specials.FINITE_ONLY ? 1 : 0,
            format.hasNegativeZero() ? 0 : 1,
            clipGradient ? 1 : 0
        };
    }

    /** What numbers are clamped to before they are rounded. */
    float bound() {
        // Rounded toward zero, no finite number leaves the finite values.
        if (beyond() == 0 || rounding == Rounding.TOWARD_ZERO) {
            return (float) format.maxValue();
        }
        return (float) Math.min(Math.scalb(1.0, format.maxExponent() + 1), Float.MAX_VALUE);
    }

    private int mode() {
        return switch (rounding) {
            case HALF_EVEN -> 0;
            case HALF_AWAY_FROM_ZERO -> 1;
            case HALF_UP -> 2;
            case TOWARD_ZERO -> 3;
            case STOCHASTIC -> 4;
        };
    }

    private int beyond() {
        if (overflow == Overflow.SATURATE || format.specials() == Specials.FINITE_ONLY) {
            return 0;
        }
        return format.hasInfinity() ? 1 : 2;
    }

    /** What replaces a value beyond the largest, with the value's sign; 0 for nothing. */
    float replacement() {
        return switch (beyond()) {
            case 0 -> 0;
            case 1 -> Float.POSITIVE_INFINITY;
            default -> Float.NaN;
        };
    }

    @Override
    public void check(NDList inputs) {
        boolean stochastic = rounding == Rounding.STOCHASTIC;
        if (inputs.size() != (stochastic ? 2 : 1)) {
            throw new IllegalArgumentException(
                    "Rounding "
                            + rounding
                            + " takes "
                            + (stochastic ? "an array and its noise" : "one array")
                            + ", not "
                            + inputs.size()
                            + " arrays.");
        }
        KernelArguments.checkDenseFloat("input", inputs.head());
        if (stochastic) {
            KernelArguments.checkDenseFloat("noise", inputs.get(1));
            KernelArguments.checkDevice("noise", inputs.get(1), inputs.head());
            if (!inputs.get(1).getShape().equals(inputs.head().getShape())) {
                throw new IllegalArgumentException(
                        "The noise has shape "
                                + inputs.get(1).getShape()
                                + "; it must have the input's shape "
                                + inputs.head().getShape()
                                + ".");
            }
        }
    }

    @Override
    public boolean suitsHost(NDList inputs) {
        NDArray x = inputs.head();
        return rounding == Rounding.HALF_EVEN
                && overflow == Overflow.SATURATE
                && HostFloatRounding.suits(format)
                && x.getDevice().getDeviceType().equals(Device.Type.CPU)
                && !x.isEmpty()
                && x.size() <= Integer.MAX_VALUE / Float.BYTES
                && !x.hasGradient();
    }

    @Override
    public NDArray computeOnHost(NDManager manager, NDList inputs) {
        NDArray x = inputs.head();
        NDArray result = manager.create(x.getShape());
        // The engine copies an array whose elements are not in order.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            HostFloatRounding.round(format, x.toByteBuffer(true), result.toByteBuffer(true));
        }
        return result;
    }

    @Override
    public NDArray compute(NDList inputs) {
        return new PortableFloatRounding(this).round(inputs);
    }
}
