package io.github.djlqat.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/** Counts skipped steps by the first parameter that was not finite, of which few have a name. */
final class SkippedSteps {

    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final String model;
    private final int maxParameters;
    private final Map<String, Counter> counters = new HashMap<>();
    private final Counter other;

    SkippedSteps(MeterRegistry registry, String model, int maxParameters) {
        this.registry = registry;
        this.model = model;
        this.maxParameters = maxParameters;
        this.other = counter(OTHER);
    }

    void increment(String parameter) {
        Counter counter = counters.get(parameter);
        if (counter == null && counters.size() < maxParameters) {
            counter = counter(parameter);
            counters.put(parameter, counter);
        }
        (counter == null ? other : counter).increment();
    }

    private Counter counter(String parameter) {
        return Counter.builder("djlqat.steps.skipped")
                .description("Optimizer steps skipped for a gradient that was not finite")
                .tags("model", model, "parameter", parameter)
                .register(registry);
    }
}
