package io.github.djlqat.samples.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How long one step of each variant took in one round, in nanoseconds; a field for each {@link
 * MetricsVariant}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class MetricsTimes {

    /** The time of {@link MetricsVariant#NONE}. */
    public long none;

    /** The time of {@link MetricsVariant#UNBOUND}. */
    public long unbound;

    /** The time of {@link MetricsVariant#BOUND}. */
    public long bound;

    /** The time of {@link MetricsVariant#SCRAPED}. */
    public long scraped;

    void record(MetricsVariant variant, long nanoseconds) {
        switch (variant) {
            case NONE -> none = nanoseconds;
            case UNBOUND -> unbound = nanoseconds;
            case BOUND -> bound = nanoseconds;
            case SCRAPED -> scraped = nanoseconds;
        }
    }

    /** Returns the name of a variant's field, under which JMH reports it. */
    static String counter(MetricsVariant variant) {
        return switch (variant) {
            case NONE -> "none";
            case UNBOUND -> "unbound";
            case BOUND -> "bound";
            case SCRAPED -> "scraped";
        };
    }
}
