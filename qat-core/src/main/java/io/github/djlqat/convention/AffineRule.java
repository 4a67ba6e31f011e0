package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.Rounding;

/**
 * The scale and zero point of an affine range, for \( n = q_{max} - q_{min} \) steps.
 *
 * <p>Where \( max - min \) overflows single precision, it is taken in double precision.
 */
public enum AffineRule {
    /**
     * \( s = (max - min) / n \), \( z = q_{min} - \mathrm{rint}(min / s) \) clamped, in single
     * precision over the range stretched to hold zero: torch's observers.
     */
    TORCH {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            float low = Math.min(min, 0f);
            float scale = minimum.raise(scale(stretched(min, max), format));
            return clamped(scale, format.qmin() - Math.rint(low / scale), format);
        }
    },

    /**
     * \( s = (max - min) / n \), \( z = \mathrm{rint}(q_{min} - min / s) \) with the scale in
     * double precision, over the range stretched to hold zero: {@code compute_scale_zp} of ONNX
     * Runtime.
     */
    ONNX_RUNTIME {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            double exact = stretched(min, max) / steps(format);
            float scale = minimum.raise((float) exact);
            double steps = exact < Float.MIN_NORMAL ? scale : exact;
            return clamped(scale, Math.rint(format.qmin() - Math.min(min, 0f) / steps), format);
        }
    },

    /**
     * \( s = (max - min) / n \), \( z = q_{min} - min / s \) clamped and rounded half away from
     * zero, in single precision with the codes counted as unsigned and the range as it is: {@code
     * FakeQuantWithMinMaxVars} of TensorFlow, which nudges the range so that zero is a code.
     */
    TENSORFLOW {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            float scale = minimum.raise(scale(range(min, max), format));
            int unsigned = format.signed() ? 1 << (format.bits() - 1) : 0;
            float zeroPoint = format.qmin() + unsigned - min / scale;
            return clamped(scale, Rounding.HALF_AWAY_FROM_ZERO.apply(zeroPoint) - unsigned, format);
        }
    },

    /**
     * \( s = (max - min) / n \) in double precision over the range stretched to hold zero, 0.1 if
     * that is zero or has no reciprocal, and no less than \( 6.1 \cdot 10^{-5} \); the zero point
     * comes from the end of the range where it has the smaller error, rounded half to even: {@code
     * ChooseQuantizationParams} of FBGEMM.
     */
    FBGEMM {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            return Fbgemm.choose(Math.min(min, 0f), Math.max(max, 0f), format);
        }
    },

    /**
     * \( s = (max - min) / n \) with the range as it is, and \( z = -\mathrm{rint}(min / s) \)
     * counted from the lowest code and clamped: AWQ.
     */
    AWQ {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            double range = Math.max(range(min, max), minimum.range());
            float scale = minimum.raise(scale(range, format));
            return clamped(scale, format.qmin() - Math.rint(min / scale), format);
        }
    },

    /**
     * \( s = (max - min) / n \), \( z = \mathrm{rint}(-min / s) \) counted from the lowest code,
     * over the range stretched to hold zero, and over \( [-1, 1] \) for a range of zeros: GPTQ's
     * reference.
     */
    GPTQ {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            boolean zeros = min == 0 && max == 0;
            float low = zeros ? -1 : Math.min(min, 0f);
            float high = zeros ? 1 : Math.max(max, 0f);
            float scale = minimum.raise(scale(range(low, high), format));
            return clamped(scale, format.qmin() + Math.rint(-low / scale), format);
        }
    },

    /** There is none: the convention is symmetric only. */
    NONE {
        @Override
        ScaleAndZeroPoint choose(float min, float max, IntegerFormat format, MinimumScale minimum) {
            throw new IllegalArgumentException(
                    "The convention has no rule for affine ranges; legal is a symmetric one.");
        }
    };

    /**
     * Chooses scale and zero point.
     *
     * @param min the smallest value, finite
     * @param max the largest value, finite and at least min
     * @param format the format
     * @param minimum how small a scale may be
     */
    abstract ScaleAndZeroPoint choose(
            float min, float max, IntegerFormat format, MinimumScale minimum);

    private static int steps(IntegerFormat format) {
        return format.qmax() - format.qmin();
    }

    /** The extent of a range, in single precision where it fits. */
    private static double range(float min, float max) {
        float range = max - min;
        return range <= Float.MAX_VALUE ? range : (double) max - min;
    }

    private static double stretched(float min, float max) {
        return range(Math.min(min, 0f), Math.max(max, 0f));
    }

    private static float scale(double range, IntegerFormat format) {
        return range <= Float.MAX_VALUE
                ? (float) range / steps(format)
                : (float) (range / steps(format));
    }

    private static ScaleAndZeroPoint clamped(float scale, double zeroPoint, IntegerFormat format) {
        double code = Math.max(format.qmin(), Math.min(format.qmax(), zeroPoint));
        return new ScaleAndZeroPoint(scale, (int) code);
    }
}
