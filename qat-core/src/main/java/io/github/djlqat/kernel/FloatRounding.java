package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.format.Specials;
import java.util.Map;

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
        implements TensorKernel {

    private static final int FLOAT_MANTISSA_BITS = 23;
    private static final int FEWEST_DROPPED_BITS = 13;

    private static final Map<FloatFormat, Integer> CASTS =
            Map.of(
                    FloatFormat.FLOAT16, 5,
                    FloatFormat.BFLOAT16, 15,
                    FloatFormat.FLOAT8_E5M2, 23);

    private static final ScriptModule MODULE = new ScriptModule(FloatRounding.class, "floats.py");

    /**
     * Checks the format.
     *
     * @param format the format: signed, its smallest normal value at least \( 2^{-126} \)
     * @param rounding the rounding mode
     * @param overflow what becomes of magnitudes beyond the largest value
     * @param clipGradient whether values beyond the largest lose their gradient
     */
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
            clipGradient ? 1 : 0,
            power(),
            cast()
        };
    }

    /** Two to the mantissa bits that are lost, or 0 where rounding by a sum is not exact. */
    private double power() {
        int dropped = FLOAT_MANTISSA_BITS - format.mantissaBits();
        boolean fits = Math.getExponent(format.maxValue()) + dropped < Float.MAX_EXPONENT;
        return saturatesToEven() && dropped >= FEWEST_DROPPED_BITS && fits
                ? Math.scalb(1.0, dropped)
                : 0;
    }

    /** The engine's number of the data type whose cast rounds in this way, or 0. */
    private int cast() {
        if (!saturatesToEven()) {
            return 0;
        }
        return CASTS.getOrDefault(format, 0);
    }

    private boolean saturatesToEven() {
        return rounding == Rounding.HALF_EVEN && beyond() == 0;
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
    public NDArray compute(NDList inputs) {
        return new PortableFloatRounding(this).round(inputs);
    }
}
