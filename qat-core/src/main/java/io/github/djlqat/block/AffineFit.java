package io.github.djlqat.block;

/**
 * A scale and a subtracted minimum for codes of one group with a small weighted squared error, as
 * ggml searches them: the range of the group first, then 21 finer and coarser steps, each replaced
 * by the weighted least-squares line through its codes. The minimum is never above zero.
 *
 * <p>All sums run in single precision in the order of the values; another order would give other
 * bits.
 *
 * @param scale the scale, at least 0
 * @param minimum minus the real value of code 0, at least 0
 * @param codes the codes
 */
@SuppressWarnings("ArrayRecordComponent")
record AffineFit(float scale, float minimum, int[] codes) {

    private static final int STEPS = 20;

    static AffineFit search(float[] values, float[] weights, int largestCode) {
        float minimum = Math.min(Extremes.least(values), 0);
        float maximum = Extremes.greatest(values);
        if (maximum == minimum) {
            return new AffineFit(0, -minimum, new int[values.length]);
        }
        float inverse = largestCode / (maximum - minimum);
        AffineFit best =
                new AffineFit(1 / inverse, -minimum, codes(values, minimum, inverse, largestCode));
        float least = best.error(values, weights);
        for (int step = 0; step <= STEPS; step++) {
            // From the minimum of the best fit so far, as the reference does.
            inverse = (-1 + 0.1f * step + largestCode) / (maximum + best.minimum);
            AffineFit fit =
                    leastSquares(
                            values,
                            weights,
                            codes(values, -best.minimum, inverse, largestCode),
                            best);
            float error = fit.error(values, weights);
            if (error < least) {
                least = error;
                best = fit;
            }
        }
        return best;
    }

    static int clamp(float multiple, int largestCode) {
        return Math.max(0, Math.min(largestCode, Extremes.nearest(multiple)));
    }

    private static int[] codes(float[] values, float minimum, float inverse, int largestCode) {
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = clamp(inverse * (values[i] - minimum), largestCode);
        }
        return codes;
    }

    private static AffineFit leastSquares(
            float[] values, float[] weights, int[] codes, AffineFit otherwise) {
        float weight = 0;
        float sumX = 0;
        float sumL = 0;
        float sumL2 = 0;
        float sumXl = 0;
        for (int i = 0; i < values.length; i++) {
            float w = weights[i];
            weight += w;
            sumX += w * values[i];
            sumL += w * codes[i];
            sumL2 += w * codes[i] * codes[i];
            sumXl += w * codes[i] * values[i];
        }
        float determinant = weight * sumL2 - sumL * sumL;
        if (!(determinant > 0)) {
            return otherwise;
        }
        float scale = (weight * sumXl - sumX * sumL) / determinant;
        float minimum = (sumL2 * sumX - sumL * sumXl) / determinant;
        return minimum > 0
                ? new AffineFit(sumXl / sumL2, -0f, codes)
                : new AffineFit(scale, -minimum, codes);
    }

    private float error(float[] values, float[] weights) {
        float error = 0;
        for (int i = 0; i < values.length; i++) {
            float difference = scale * codes[i] + -minimum - values[i];
            error += weights[i] * (difference * difference);
        }
        return error;
    }
}
