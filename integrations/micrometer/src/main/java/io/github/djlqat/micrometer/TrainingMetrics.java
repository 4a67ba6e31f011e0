package io.github.djlqat.micrometer;

import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Publishes training as Micrometer's meters: a training listener for any of DJL's trainers, which
 * does nothing until it is bound to a registry.
 *
 * <p>A trainer's meters appear with its first batch after that. Times of phases are those of the
 * trainer's {@link ai.djl.metric.Metrics}, which has to be set. What is computed from the weights
 * of a prepared model is computed where a registry polls it, by the polling thread, from arrays
 * that training may be updating meanwhile; it is NaN once the trainer is closed. Close the trainer
 * before the model.
 *
 * <p>{@code EasyTrain} tells a listener of each batch before the step, so that counts of steps lag
 * by one until the epoch ends. A loop by hand has to call {@link Trainer#notifyListeners} as it
 * does.
 */
public final class TrainingMetrics extends TrainingListenerAdapter implements MeterBinder {

    private final CompositeMeterRegistry registry;
    private final @Nullable String model;
    private final int maxParameters;
    private final Map<String, ModelMeters> models = new ConcurrentHashMap<>();

    private TrainingMetrics(Builder builder) {
        registry = new CompositeMeterRegistry(builder.clock);
        model = builder.model;
        maxParameters = builder.maxParameters;
    }

    /**
     * Starts to build the listener.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Publishes to a registry from now on; counts begin at zero. Several registries may be bound.
     *
     * @param registry the registry
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        MemoryMeters.register(registry);
        this.registry.add(registry);
    }

    private boolean isBound() {
        return !registry.getRegistries().isEmpty();
    }

    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        if (isBound()) {
            Batch batch = batchData.getBatch();
            models.computeIfAbsent(
                            name(trainer), name -> new ModelMeters(registry, name, maxParameters))
                    .batch(trainer, batch == null ? 0 : batch.getSize());
        }
    }

    @Override
    public void onEpoch(Trainer trainer) {
        if (isBound()) {
            models.values().forEach(meters -> meters.epoch(trainer));
        }
    }

    @Override
    public void onTrainingEnd(Trainer trainer) {
        models.values().forEach(meters -> meters.end(trainer));
    }

    private String name(Trainer trainer) {
        return model == null ? trainer.getModel().getName() : model;
    }

    /** Builds a {@link TrainingMetrics}. */
    public static final class Builder {

        private @Nullable String model;
        private int maxParameters = 16;
        private Clock clock = Clock.SYSTEM;

        private Builder() {}

        /**
         * Sets the value of the tag {@code model}; by default the name of the trainer's model.
         *
         * @param model the name
         * @return this builder
         */
        public Builder optModel(String model) {
            this.model = model;
            return this;
        }

        /**
         * Sets how many parameters skipped steps are counted by; those of further ones are counted
         * as {@code other}. By default 16.
         *
         * @param maxParameters the number of parameters, not negative
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder optMaxParameters(int maxParameters) {
            if (maxParameters < 0) {
                throw new IllegalArgumentException(
                        "A number of parameters is not negative, as " + maxParameters + " is.");
            }
            this.maxParameters = maxParameters;
            return this;
        }

        /**
         * Sets the clock that times from batch to batch are taken from; by default the system's.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder optClock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener
         */
        public TrainingMetrics build() {
            return new TrainingMetrics(this);
        }
    }
}
