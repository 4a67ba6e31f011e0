package io.github.djlqat.micrometer;

import ai.djl.metric.Metric;
import ai.djl.metric.Metrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times of the phases of a step, from what a trainer adds to its {@link Metrics}, in nanoseconds.
 * The rest of the time between two batches is that of the data.
 */
final class PhaseTimes {

    private static final String DATA = "data";
    private static final String OBSERVERS = "observers";
    // DJL's name of a time, and the phase it belongs to.
    private static final Map<String, String> PHASES =
            Map.of("forward", "forward", "backward", "backward", "step", "update");
    private static final List<String> MEASURED =
            List.of("forward", "backward", "step", "training-metrics");

    private final Map<String, Timer> timers = new HashMap<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private final MeterRegistry registry;
    private final String model;
    private long measured;

    PhaseTimes(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
        for (String phase : List.of(DATA, "forward", "backward", "update")) {
            timers.put(phase, timer(phase));
        }
    }

    private Timer timer(String phase) {
        return Timer.builder("djlqat.step.time")
                .description("Time of a phase of a training step")
                .tags("model", model, "phase", phase)
                .register(registry);
    }

    /** Records what observers took of one forward. */
    void observers(long nanos) {
        timers.computeIfAbsent(OBSERVERS, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Begins with another trainer's times. */
    void reset() {
        seen.clear();
        measured = 0;
    }

    /** Records the times that have been added since the last call. */
    void read(@Nullable Metrics metrics) {
        if (metrics == null) {
            return;
        }
        for (String name : MEASURED) {
            List<Metric> times = metrics.getMetric(name);
            int size = times.size();
            int from = seen.getOrDefault(name, 0);
            // A list that has reached its limit begins anew.
            for (int i = from <= size ? from : 0; i < size; i++) {
                long nanos = times.get(i).getValue().longValue();
                measured += nanos;
                record(PHASES.get(name), nanos);
            }
            seen.put(name, size);
        }
    }

    /** Ends a batch: what of the time since the last one was not measured goes to the data. */
    void endBatch(long elapsed) {
        record(DATA, Math.max(0, elapsed - measured));
        measured = 0;
    }

    /** Begins to count anew what has been measured since the last batch. */
    void begin() {
        measured = 0;
    }

    private void record(@Nullable String phase, long nanos) {
        Timer timer = phase == null ? null : timers.get(phase);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
