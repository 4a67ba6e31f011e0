package io.github.djlqat.estimator;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * The magnitudes that additive powers of two can take, ascending from 0 to 1.
 *
 * <p>For \( b \) bits in \( n = b / k \) terms of \( k \) bits: all sums \( \gamma \sum_{i=0}^{n-1}
 * p_i \) with \( p_i \in \{0, 2^{-i}, 2^{-(i+n)}, \ldots, 2^{-(i + (2^k - 2) n)}\} \), and \(
 * \gamma \) such that the largest is 1. With \( k = 1 \) the levels are uniform, with \( k = b \)
 * they are powers of two.
 *
 * @see <a href="https://arxiv.org/abs/1909.13144">Li et al., Additive Powers-of-Two
 *     Quantization</a>, equation 5
 */
public final class ApotLevels {

    private final double[] values;

    private ApotLevels(double[] values) {
        this.values = values;
    }

    /**
     * Computes the levels.
     *
     * @param bits the bits \( b \) of a magnitude, the sign aside, 1 to 8
     * @param bitsPerTerm the bits \( k \) of a term, which divide them; the paper takes 2
     * @return the levels
     * @throws IllegalArgumentException if the bits are out of range or not divided
     */
    public static ApotLevels of(int bits, int bitsPerTerm) {
        if (bits < 1 || bits > 8 || bitsPerTerm < 1 || bits % bitsPerTerm != 0 || bitsPerTerm > 5) {
            throw new IllegalArgumentException(
                    "A magnitude of additive powers of two has 1 to 8 bits in terms of 1 to 5 that divide them, not "
                            + bits
                            + " in terms of "
                            + bitsPerTerm
                            + ".");
        }
        int terms = bits / bitsPerTerm;
        TreeSet<Double> sums = new TreeSet<>();
        sums.add(0.0);
        for (int i = 0; i < terms; i++) {
            sums = plusTerm(sums, i, terms, bitsPerTerm);
        }
        double largest = sums.last();
        return new ApotLevels(sums.stream().mapToDouble(sum -> sum / largest).toArray());
    }

    private static TreeSet<Double> plusTerm(
            TreeSet<Double> sums, int term, int terms, int bitsPerTerm) {
        TreeSet<Double> longer = new TreeSet<>(sums);
        for (double sum : sums) {
            for (int j = 0; j < (1 << bitsPerTerm) - 1; j++) {
                longer.add(sum + Math.scalb(1.0, -(term + j * terms)));
            }
        }
        return longer;
    }

    /**
     * Returns the levels.
     *
     * @return the levels, ascending from 0 to 1
     */
    public double[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApotLevels levels && Arrays.equals(values, levels.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "ApotLevels" + Arrays.toString(values);
    }
}
