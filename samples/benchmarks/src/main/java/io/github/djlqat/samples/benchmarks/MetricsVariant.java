package io.github.djlqat.samples.benchmarks;

import io.github.djlqat.micrometer.TrainingMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/** How a training is metered; the first variant is the one that the others are compared with. */
public enum MetricsVariant {
    /** Without the listener. */
    NONE("metrics-none"),
    /** With the listener, bound to no registry. */
    UNBOUND("metrics-unbound"),
    /** Bound to a Prometheus registry that nobody scrapes. */
    BOUND("metrics-bound"),
    /** Bound to a Prometheus registry that is scraped after each step. */
    SCRAPED("metrics-scraped-each-step");

    private final String label;

    MetricsVariant(String label) {
        this.label = label;
    }

    /**
     * Returns the variant's name in results.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    boolean isListening() {
        return this != NONE;
    }

    boolean isScraped() {
        return this == SCRAPED;
    }

    /** Binds the listener where it is to be bound. */
    @Nullable PrometheusMeterRegistry bind(TrainingMetrics metrics) {
        if (this == NONE || this == UNBOUND) {
            return null;
        }
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.bindTo(registry);
        return registry;
    }
}
