package io.github.djlqat.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Gauges of the memory of the process, which a registry has once. */
final class MemoryMeters {

    private static final String NAME = "djlqat.memory";

    private MemoryMeters() {}

    static void register(MeterRegistry registry) {
        if (registry.find(NAME).meter() != null) {
            return;
        }
        register(registry, "heap", MemoryMeters::heap);
        if (ResidentMemory.isKnown()) {
            register(registry, "resident", ResidentMemory::bytes);
        }
    }

    private static void register(MeterRegistry registry, String area, Supplier<Number> bytes) {
        Gauge.builder(NAME, bytes)
                .description("Memory in use: the Java heap, and the whole process")
                .baseUnit("bytes")
                .tags("area", area)
                .register(registry);
    }

    private static double heap() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
