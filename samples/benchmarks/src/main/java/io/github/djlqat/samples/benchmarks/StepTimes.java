package io.github.djlqat.samples.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How long one step of each variant took in one round, in nanoseconds; a field for each {@link
 * Variant}.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class StepTimes {

    /** The time of {@link Variant#PLAIN}. */
    public long plain;

    /** The time of {@link Variant#INTERCEPTION_NONE}. */
    public long interceptionNone;

    /** The time of {@link Variant#INTERCEPTION_PASS_THROUGH}. */
    public long interceptionPassThrough;

    /** The time of {@link Variant#QAT_W8A8}. */
    public long qatW8A8;

    /** The time of {@link Variant#QAT_W4A4}. */
    public long qatW4A4;

    void record(Variant variant, long nanoseconds) {
        switch (variant) {
            case PLAIN -> plain = nanoseconds;
            case INTERCEPTION_NONE -> interceptionNone = nanoseconds;
            case INTERCEPTION_PASS_THROUGH -> interceptionPassThrough = nanoseconds;
            case QAT_W8A8 -> qatW8A8 = nanoseconds;
            case QAT_W4A4 -> qatW4A4 = nanoseconds;
        }
    }

    /** Returns the name of a variant's field, under which JMH reports it. */
    static String counter(Variant variant) {
        return switch (variant) {
            case PLAIN -> "plain";
            case INTERCEPTION_NONE -> "interceptionNone";
            case INTERCEPTION_PASS_THROUGH -> "interceptionPassThrough";
            case QAT_W8A8 -> "qatW8A8";
            case QAT_W4A4 -> "qatW4A4";
        };
    }
}
