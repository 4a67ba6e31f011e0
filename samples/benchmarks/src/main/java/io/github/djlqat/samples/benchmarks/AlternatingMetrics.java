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

/** Runs one training step under each kind of metering in each round. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
public class AlternatingMetrics {

    private final Map<MetricsVariant, MeteredStep> steps = new EnumMap<>(MetricsVariant.class);
    private int round;

    /** Makes all networks. */
    @Setup
    public void build() {
        for (MetricsVariant variant : MetricsVariant.values()) {
            steps.put(variant, new MeteredStep(variant));
        }
    }

    /** Frees them. */
    @TearDown
    public void free() {
        steps.values().forEach(MeteredStep::close);
        steps.clear();
    }

    /**
     * Runs one round.
     *
     * @param times where the time of each variant goes
     */
    @Benchmark
    public void round(MetricsTimes times) {
        for (MetricsVariant variant : RoundOrder.of(MetricsVariant.values(), round++)) {
            times.record(variant, Objects.requireNonNull(steps.get(variant)).run());
        }
    }
}
