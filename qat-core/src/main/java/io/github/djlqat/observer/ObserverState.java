package io.github.djlqat.observer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Objects;

/** What an observer has seen, as plain data that Jackson reads and writes. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ObserverState.Ranges.class, name = "ranges"),
    @JsonSubTypes.Type(value = ObserverState.MovingAverage.class, name = "moving-average"),
    @JsonSubTypes.Type(value = ObserverState.Histogram.class, name = "histogram")
})
public sealed interface ObserverState {

    /**
     * A range for each scale.
     *
     * @param min the smallest values, none if nothing was observed
     * @param max the largest values, as many
     */
    record Ranges(List<Float> min, List<Float> max) implements ObserverState {
        /**
         * Copies the lists.
         *
         * @param min the smallest values, none if nothing was observed
         * @param max the largest values, as many
         */
        public Ranges {
            min = List.copyOf(min);
            max = List.copyOf(max);
        }
    }

    /**
     * Moving averages of the ranges of batches.
     *
     * @param batches the number of batches
     * @param first the ranges of the first batch, which the averages began with
     * @param average the averages
     */
    record MovingAverage(long batches, Ranges first, Ranges average) implements ObserverState {
        /**
         * Checks that both are there.
         *
         * @param batches the number of batches
         * @param first the ranges of the first batch, which the averages began with
         * @param average the averages
         */
        public MovingAverage {
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(average, "average");
        }
    }

    /**
     * Counts of values over bins \( [i 2^e, (i + 1) 2^e) \).
     *
     * @param min the smallest value, 0 if nothing was observed
     * @param max the largest value, 0 if nothing was observed
     * @param exponent the exponent \( e \) of the bins' width
     * @param first the index \( i \) of the first bin
     * @param counts the number of values in each bin, none if nothing was observed
     */
    record Histogram(float min, float max, int exponent, int first, List<Long> counts)
            implements ObserverState {
        /**
         * Copies the counts.
         *
         * @param min the smallest value, 0 if nothing was observed
         * @param max the largest value, 0 if nothing was observed
         * @param exponent the exponent \( e \) of the bins' width
         * @param first the index \( i \) of the first bin
         * @param counts the number of values in each bin, none if nothing was observed
         */
        public Histogram {
            counts = List.copyOf(counts);
        }
    }
}
