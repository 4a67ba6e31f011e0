package io.github.djlqat.observer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable histogram whose bins \( [i 2^e, (i + 1) 2^e) \) lie on a lattice.
 *
 * <p>The width is the least power of two with which the range takes at most 4096 bins, so a range
 * that is not tiny beside its distance from zero takes at least 2048. As the range grows, bins join
 * in pairs and no count is split: the histogram depends on the values seen and not on how they came
 * in batches.
 */
final class Histogram {

    static final Histogram EMPTY =
            new Histogram(
                    new Range(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY), 0, 0, new long[0]);

    private static final int MAX_BINS = 4096;

    /**
     * Bins are at least this much finer than the largest value, which keeps their indices small
     * integers.
     */
    private static final int FINEST = 20;

    private final Range range;
    private final int exponent;
    private final int first;
    private final long[] counts;

    private Histogram(Range range, int exponent, int first, long[] counts) {
        this.range = range;
        this.exponent = exponent;
        this.first = first;
        this.counts = counts;
    }

    /** Makes a histogram without counts for a range. */
    private static Histogram of(Range range) {
        int exponent = Math.max(Math.getExponent(range.absMax()) - FINEST, Float.MIN_EXPONENT - 23);
        while (index(range.max(), exponent) - index(range.min(), exponent) >= MAX_BINS) {
            exponent++;
        }
        int first = index(range.min(), exponent);
        return new Histogram(
                range, exponent, first, new long[index(range.max(), exponent) - first + 1]);
    }

    static Histogram of(ObserverState.Histogram state) {
        if (state.counts().isEmpty()) {
            return EMPTY;
        }
        Ranges.requireRange(state.min(), state.max());
        Histogram histogram = of(new Range(state.min(), state.max()));
        long[] counts = histogram.counts;
        if (histogram.exponent != state.exponent()
                || histogram.first != state.first()
                || counts.length != state.counts().size()) {
            throw new IllegalArgumentException(
                    "The state has "
                            + state.counts().size()
                            + " bins from "
                            + state.first()
                            + " of width 2^"
                            + state.exponent()
                            + "; the range "
                            + state.min()
                            + " to "
                            + state.max()
                            + " takes "
                            + counts.length
                            + " from "
                            + histogram.first
                            + " of width 2^"
                            + histogram.exponent
                            + ".");
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] = state.counts().get(i);
            if (counts[i] < 0) {
                throw new IllegalArgumentException(
                        "Bin " + i + " counts " + counts[i] + " values; it is at least 0.");
            }
        }
        if (counts[0] == 0 || counts[counts.length - 1] == 0) {
            throw new IllegalArgumentException(
                    "The first and last bin count "
                            + counts[0]
                            + " and "
                            + counts[counts.length - 1]
                            + " values; they hold the minimum and the maximum, so both are above 0.");
        }
        return histogram;
    }

    private static int index(float value, int exponent) {
        return (int) Math.floor(value * Math.scalb(1.0, -exponent));
    }

    Histogram add(float[] values) {
        if (values.length == 0) {
            return this;
        }
        Range batch = Range.of(values, 0, values.length);
        Histogram sum = grown(batch);
        long[] target = sum.counts;
        double inverse = Math.scalb(1.0, -sum.exponent);
        int offset = sum.first;
        for (float value : values) {
            target[(int) Math.floor(value * inverse) - offset]++;
        }
        return sum;
    }

    Histogram merge(Histogram other) {
        if (other.isEmpty()) {
            return this;
        }
        Histogram sum = grown(other.range);
        other.addTo(sum);
        return sum;
    }

    /** Returns a copy whose bins hold another range too. */
    private Histogram grown(Range other) {
        Histogram sum =
                of(
                        new Range(
                                Math.min(range.min(), other.min()),
                                Math.max(range.max(), other.max())));
        addTo(sum);
        return sum;
    }

    private void addTo(Histogram sum) {
        int shift = sum.exponent - exponent;
        for (int i = 0; i < counts.length; i++) {
            sum.counts[((first + i) >> shift) - sum.first] += counts[i];
        }
    }

    boolean isEmpty() {
        return counts.length == 0;
    }

    Range range() {
        return range;
    }

    int bins() {
        return counts.length;
    }

    long count(int bin) {
        return counts[bin];
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    double width() {
        return Math.scalb(1.0, exponent);
    }

    /** Returns the lower edge of a bin. */
    double edge(int bin) {
        return (double) (first + bin) * width();
    }

    /** Returns the middle of a bin, within the range seen. */
    float centre(int bin) {
        return range.clamp((float) (edge(bin) + width() / 2));
    }

    /**
     * Counts magnitudes: bin \( j \) holds the values with \( |x| \) in \( [j 2^e, (j + 1) 2^e) \).
     *
     * @return the counts, up to the bin of the largest magnitude
     */
    long[] magnitudes() {
        int last = first + counts.length - 1;
        long[] folded = new long[Math.max(Math.max(last, -first - 1), 0) + 1];
        for (int i = 0; i < counts.length; i++) {
            int lattice = first + i;
            folded[lattice >= 0 ? lattice : -lattice - 1] += counts[i];
        }
        return folded;
    }

    /**
     * Counts the values from zero up: bin \( j \) holds those in \( [j 2^e, (j + 1) 2^e) \).
     *
     * @return the counts, up to the bin of the largest value; one empty bin if all are negative
     */
    long[] upper() {
        long[] counted = new long[Math.max(first + counts.length, 1)];
        for (int i = Math.max(0, -first); i < counts.length; i++) {
            counted[first + i] += counts[i];
        }
        return counted;
    }

    ObserverState.Histogram state() {
        if (isEmpty()) {
            return new ObserverState.Histogram(0, 0, 0, 0, List.of());
        }
        List<Long> list = new ArrayList<>(counts.length);
        for (long count : counts) {
            list.add(count);
        }
        return new ObserverState.Histogram(range.min(), range.max(), exponent, first, list);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Histogram that
                && range.equals(that.range)
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * range.hashCode() + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return isEmpty()
                ? "no values"
                : total() + " values from " + range.min() + " to " + range.max();
    }
}
