package io.github.djlqat.block;

import java.util.Arrays;

/**
 * A scale for signed codes of one group with a small squared error weighted by \( x^2 \), as ggml
 * searches it: the extreme value mapped to \( -n \) and to \( -(n + i / 10) \) for \( i = -9 \ldots
 * 9 \), each replaced by the least-squares scale of its codes.
 *
 * <p>All sums run in single precision in the order of the values; another order would give other
 * bits.
 *
 * @param scale the scale, of any sign
 * @param codes the codes, from -n to n - 1
 */
@SuppressWarnings("ArrayRecordComponent")
record SymmetricFit(float scale, int[] codes) {

    private static final int TRIES = 9;

    static SymmetricFit search(float[] values, int from, int to, int largest) {
        float extreme = Extremes.extreme(values, from, to);
        if (Math.abs(extreme) < Extremes.NEGLIGIBLE) {
            int[] zeros = new int[to - from];
            // The reference leaves code 0 here, which stands for the least value times zero.
            Arrays.fill(zeros, -largest);
            return new SymmetricFit(0, zeros);
        }
        Sums best = Sums.of(values, from, to, -largest / extreme, largest);
        float scale = best.codes2 == 0 ? 0 : best.products / best.codes2;
        float quality = scale * best.products;
        for (int step = -TRIES; step <= TRIES; step++) {
            if (step == 0) {
                continue;
            }
            Sums sums = Sums.of(values, from, to, -(largest + 0.1f * step) / extreme, largest);
            if (sums.codes2 > 0 && sums.products * sums.products > quality * sums.codes2) {
                best = sums;
                scale = sums.products / sums.codes2;
                quality = scale * sums.products;
            }
        }
        return new SymmetricFit(scale, best.codes);
    }

    static int clamp(float multiple, int largest) {
        return Math.max(-largest, Math.min(largest - 1, Extremes.nearest(multiple)));
    }

    /** The codes of a scale, with the weighted sums of value times code, and of code squared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Sums(float products, float codes2, int[] codes) {

        static Sums of(float[] values, int from, int to, float inverse, int largest) {
            float products = 0;
            float codes2 = 0;
            int[] codes = new int[to - from];
            for (int i = from; i < to; i++) {
                int code = clamp(inverse * values[i], largest);
                float weight = values[i] * values[i];
                products += weight * values[i] * code;
                codes2 += weight * code * code;
                codes[i - from] = code;
            }
            return new Sums(products, codes2, codes);
        }
    }
}
