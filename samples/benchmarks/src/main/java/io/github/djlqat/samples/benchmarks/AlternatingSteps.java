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

/**
 * Runs one training step of every variant in each round, so that all of them meet the machine in
 * the same condition: a processor's speed drifts by more, within minutes, than the variants differ.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
public class AlternatingSteps {

    private final Map<Variant, TrainingStep> steps = new EnumMap<>(Variant.class);
    private int round;

    /** Builds all variants. */
    @Setup
    public void build() {
        for (Variant variant : Variant.values()) {
            steps.put(variant, TrainingStep.of(variant));
        }
    }

    /** Frees all variants. */
    @TearDown
    public void free() {
        steps.values().forEach(TrainingStep::close);
        steps.clear();
    }

    /**
     * Runs one round.
     *
     * @param times where the time of each variant goes
     */
    @Benchmark
    public void round(StepTimes times) {
        for (Variant variant : RoundOrder.of(Variant.values(), round++)) {
            times.record(variant, Objects.requireNonNull(steps.get(variant)).run());
        }
    }
}
