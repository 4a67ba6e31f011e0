package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/**
 * Inputs that a quantizer may get wrong, and a quantizer in scalar Java to hold kernels against.
 */
final class KernelCases {

    private KernelCases() {}

    /** A number format with a scale and a zero point. */
    record Case(int qmin, int qmax, float scale, int zeroPoint) {

        float lower() {
            return (qmin - zeroPoint) * scale;
        }

        float upper() {
            return (qmax - zeroPoint) * scale;
        }

        float quantize(float x) {
            if (Float.isNaN(x)) {
                return x;
            }
            double code = Math.rint(x * (1f / scale)) + zeroPoint;
            return (float) (Math.max(qmin, Math.min(qmax, code)) - zeroPoint) * scale;
        }

        boolean passesGradient(float x) {
            return lower() <= x && x <= upper();
        }

        /** The paper's derivative by the step size, in double precision. */
        double slope(float x) {
            if (x < lower()) {
                return qmin - zeroPoint;
            }
            if (x > upper()) {
                return qmax - zeroPoint;
            }
            return Math.rint(x * (1f / scale)) - (double) x / scale;
        }
    }

    static Case random(Random random) {
        int bits = 2 + random.nextInt(7);
        boolean signed = random.nextBoolean();
        int qmin = signed ? -(1 << (bits - 1)) : 0;
        int qmax = signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        if (signed && random.nextBoolean()) {
            qmin++;
        }
        int zeroPoint = random.nextBoolean() ? 0 : qmin + random.nextInt(qmax - qmin + 1);
        float scale =
                switch (random.nextInt(4)) {
                    case 0 -> (float) Math.exp(random.nextGaussian() * 5);
                    case 1 -> (float) Math.scalb(1.0, random.nextInt(20) - 10);
                    case 2 -> Float.MIN_NORMAL * (1 + random.nextFloat());
                    default -> 0.01f + random.nextFloat();
                };
        return new Case(qmin, qmax, scale, zeroPoint);
    }

    /**
     * Every rounding tie and bound of the case with its neighbours, special values, and noise
     * around the range.
     */
    static float[] inputs(Random random, Case c, boolean finite) {
        int codes = c.qmax() - c.qmin() + 3;
        float[] special = {
            0f,
            -0f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            finite ? 1e30f : Float.POSITIVE_INFINITY,
            finite ? -1e30f : Float.NEGATIVE_INFINITY,
            finite ? 1f : Float.NaN,
        };
        float[] x = new float[special.length + codes * 6 + 512];
        System.arraycopy(special, 0, x, 0, special.length);
        int n = special.length;
        for (int code = c.qmin() - 1; code <= c.qmax() + 1; code++) {
            for (float v :
                    new float[] {
                        (code - c.zeroPoint()) * c.scale(),
                        (code - c.zeroPoint() + 0.5f) * c.scale()
                    }) {
                x[n++] = v;
                x[n++] = Math.nextUp(v);
                x[n++] = Math.nextDown(v);
            }
        }
        float middle = (c.lower() + c.upper()) / 2;
        while (n < x.length) {
            x[n++] = middle + (float) random.nextGaussian() * (c.upper() - c.lower()) / 2;
        }
        return x;
    }

    static float[] gaussian(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Equal as numbers, the sign of zero aside, or both NaN. */
    static void assertSame(float actual, float expected, Case c, float x) {
        if (actual != expected && !(Float.isNaN(actual) && Float.isNaN(expected))) {
            assertThat(actual).as("%s at %s", c, x).isEqualTo(expected);
        }
    }
}
