package io.github.djlqat.sensitivity;

/**
 * The Kullback-Leibler divergence of the classes' probabilities under quantization from those in
 * floating point, \( \sum_c p_c (\log p_c - \log \hat p_c) \) with \( p = \mathrm{softmax}(z) \),
 * summed over rows. Computed in double precision from logits, so that small divergences are not
 * lost in rounding.
 *
 * @see <a href="https://projecteuclid.org/euclid.aoms/1177729694">Kullback and Leibler, On
 *     information and sufficiency</a>
 */
public final class OutputKl {

    private OutputKl() {}

    /**
     * Computes the sum of the rows' divergences.
     *
     * @param logits logits in floating point, row by row
     * @param quantized logits under quantization, as many
     * @param classes the length of a row, at least 1
     * @return the divergence in nats, 0 or more, or NaN where a logit is not finite
     * @throws IllegalArgumentException if the lengths differ or are no whole number of rows
     */
    public static double sum(float[] logits, float[] quantized, int classes) {
        if (logits.length != quantized.length || classes < 1 || logits.length % classes != 0) {
            throw new IllegalArgumentException(
                    "The outputs are "
                            + logits.length
                            + " and "
                            + quantized.length
                            + " values, of "
                            + classes
                            + " classes; they must be as many, in whole rows.");
        }
        double sum = 0;
        for (int row = 0; row < logits.length; row += classes) {
            sum += row(logits, quantized, row, classes);
        }
        return sum;
    }

    private static double row(float[] logits, float[] quantized, int from, int classes) {
        double normalizer = logSumExp(logits, from, classes);
        double other = logSumExp(quantized, from, classes);
        double sum = 0;
        for (int i = from; i < from + classes; i++) {
            double log = logits[i] - normalizer;
            sum += Math.exp(log) * (log - (quantized[i] - other));
        }
        // What rounding leaves of a divergence of zero may have either sign.
        return sum < 0 ? 0 : sum;
    }

    private static double logSumExp(float[] logits, int from, int classes) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + classes; i++) {
            largest = Math.max(largest, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + classes; i++) {
            sum += Math.exp(logits[i] - largest);
        }
        return largest + Math.log(sum);
    }
}
