package io.github.djlqat.samples.benchmarks;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Runs every kernel once in each round, so that all meet the machine in the same condition. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
public class AlternatingKernels {

    private @Nullable KernelWork work;
    private int round;

    /** Makes the arrays and loads the kernels. */
    @Setup
    public void build() {
        work = new KernelWork();
    }

    /** Frees them. */
    @TearDown
    public void free() {
        if (work != null) {
            work.close();
        }
    }

    /**
     * Runs one round.
     *
     * @param times where the time of each kernel goes
     */
    @Benchmark
    public void round(KernelTimes times) {
        for (KernelVariant variant : RoundOrder.of(KernelVariant.values(), round++)) {
            times.record(variant, Objects.requireNonNull(work).run(variant));
        }
    }
}
