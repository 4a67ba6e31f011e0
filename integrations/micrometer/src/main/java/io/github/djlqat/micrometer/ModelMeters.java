package io.github.djlqat.micrometer;

import ai.djl.training.Trainer;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.StepReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** The meters of one model, updated by the thread that trains it. */
final class ModelMeters {

    private final MeterRegistry registry;
    private final String model;
    private final int maxParameters;
    private final PhaseTimes phases;
    private final LayerMeters layers;
    private final Counter steps;
    private final Counter samples;
    private @Nullable SkippedSteps skipped;
    private @Nullable Trainer trainer;
    private @Nullable QuantizedBlock prepared;
    private long lastObserverTime;
    private boolean timed;
    private long lastBatch;
    private long lastStep;
    private volatile double lossScale = Double.NaN;
    private volatile double samplesPerSecond = Double.NaN;

    ModelMeters(MeterRegistry registry, String model, int maxParameters) {
        this.registry = registry;
        this.model = model;
        this.maxParameters = maxParameters;
        phases = new PhaseTimes(registry, model);
        layers = new LayerMeters(registry, model);
        steps = counter("djlqat.steps", "Optimizer steps, skipped ones included");
        samples = counter("djlqat.samples", "Samples trained on");
        Gauge.builder("djlqat.samples.per.second", this, meters -> meters.samplesPerSecond)
                .description("Samples per second of the last batch")
                .tags("model", model)
                .strongReference(true)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name)
                .description(description)
                .tags("model", model)
                .register(registry);
    }

    synchronized void batch(Trainer current, long size) {
        if (trainer != current) {
            attach(current);
        }
        long now = registry.config().clock().monotonicTime();
        phases.read(current.getMetrics());
        readSteps(current);
        readObservers();
        samples.increment(size);
        if (!(current instanceof MixedPrecisionTrainer)) {
            steps.increment();
        }
        if (timed) {
            phases.endBatch(now - lastBatch);
            samplesPerSecond = size * 1e9 / (now - lastBatch);
        } else {
            phases.begin();
        }
        timed = true;
        lastBatch = now;
    }

    synchronized void epoch(Trainer current) {
        if (trainer == current) {
            phases.read(current.getMetrics());
            readSteps(current);
            phases.begin();
            lastBatch = registry.config().clock().monotonicTime();
        }
    }

    synchronized void end(Trainer current) {
        if (trainer == current) {
            phases.read(current.getMetrics());
            readSteps(current);
            layers.detach();
            prepared = null;
            trainer = null;
            timed = false;
        }
    }

    private void attach(Trainer current) {
        trainer = current;
        timed = false;
        phases.reset();
        if (current instanceof MixedPrecisionTrainer mixed) {
            lastStep = mixed.getSteps();
            if (skipped == null) {
                skipped = new SkippedSteps(registry, model, maxParameters);
                Gauge.builder("djlqat.loss.scale", this, meters -> meters.lossScale)
                        .description("Factor that the next loss is multiplied by")
                        .tags("model", model)
                        .strongReference(true)
                        .register(registry);
            }
        }
        if (current.getModel().getBlock() instanceof QuantizedBlock block) {
            prepared = block;
            block.measureObservers();
            lastObserverTime = block.getObserverTime();
            layers.attach(block);
        } else {
            prepared = null;
            layers.detach();
        }
    }

    private void readObservers() {
        QuantizedBlock block = prepared;
        if (block == null) {
            return;
        }
        long total = block.getObserverTime();
        if (total > lastObserverTime) {
            phases.observers(total - lastObserverTime);
            lastObserverTime = total;
        }
    }

    private void readSteps(Trainer current) {
        if (!(current instanceof MixedPrecisionTrainer mixed)) {
            return;
        }
        lossScale = mixed.getLossScalerState().scale();
        SkippedSteps counted = skipped;
        StepReport report = mixed.getLastStep().orElse(null);
        if (counted == null || report == null || report.step() <= lastStep) {
            return;
        }
        steps.increment(report.step() - lastStep);
        lastStep = report.step();
        report.nonFiniteParameter().ifPresent(counted::increment);
    }
}
