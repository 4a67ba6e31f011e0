package io.github.djlqat.samples.benchmarks;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Runs one training step in each precision in each round. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
public class AlternatingPrecisions {

    private final Map<PrecisionVariant, PrecisionStep> steps =
            new EnumMap<>(PrecisionVariant.class);
    private int round;

    /** Makes all networks. */
    @Setup
    public void build() {
        for (PrecisionVariant variant : PrecisionVariant.values()) {
            steps.put(variant, new PrecisionStep(variant));
        }
    }

    /** Frees them. */
    @TearDown
    public void free() {
        steps.values().forEach(PrecisionStep::close);
        steps.clear();
    }

    /**
     * Runs one round.
     *
     * @param times where the time of each variant goes
     */
    @Benchmark
    public void round(PrecisionTimes times) {
        for (PrecisionVariant variant : RoundOrder.of(PrecisionVariant.values(), round++)) {
            times.record(variant, Objects.requireNonNull(steps.get(variant)).run());
        }
    }
}
