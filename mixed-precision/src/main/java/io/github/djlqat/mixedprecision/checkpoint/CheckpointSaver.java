package io.github.djlqat.mixedprecision.checkpoint;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Saves checkpoints while a model is trained: after every epoch, and where it is asked for, after
 * every so many batches.
 *
 * <p>It is a listener for {@link ai.djl.training.EasyTrain#fit}, on data that is a {@link
 * ResumableDataset}. What it cannot save, it throws as an {@link UncheckedIOException}, which ends
 * the training.
 */
public final class CheckpointSaver extends TrainingListenerAdapter {

    private final CheckpointStore store;
    private final TrainingState state;
    private final long everyBatches;
    private final @Nullable Function<Trainer, OptionalDouble> metric;

    @SuppressWarnings("this-escape")
    private CheckpointSaver(Builder builder) {
        store = builder.store;
        state = builder.state;
        everyBatches = builder.everyBatches;
        metric = builder.metric;
        if (builder.data != null) {
            builder.data.addBatchListener(this::onBatch);
        }
    }

    /**
     * Creates a builder.
     *
     * @param store where the checkpoints go
     * @param state what they hold
     * @return a builder
     */
    public static Builder builder(CheckpointStore store, TrainingState state) {
        return new Builder(store, state);
    }

    private void onBatch(TrainingPosition position) {
        // The end of an epoch is saved after its evaluation.
        if (position.batch() > 0 && position.totalBatches() % everyBatches == 0) {
            save(OptionalDouble.empty());
        }
    }

    @Override
    public void onEpoch(Trainer trainer) {
        save(metric == null ? OptionalDouble.empty() : metric.apply(trainer));
    }

    private void save(OptionalDouble value) {
        try {
            if (value.isPresent()) {
                store.save(state, value.getAsDouble());
            } else {
                store.save(state);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The builder of {@link CheckpointSaver}. */
    public static final class Builder {

        private final CheckpointStore store;
        private final TrainingState state;
        private @Nullable ResumableDataset data;
        private long everyBatches;
        private @Nullable Function<Trainer, OptionalDouble> metric;

        Builder(CheckpointStore store, TrainingState state) {
            this.store = store;
            this.state = state;
        }

        /**
         * Saves within epochs, too.
         *
         * @param batches the number of batches between two checkpoints
         * @param dataset the training data
         * @return this builder
         * @throws IllegalArgumentException if the number is not positive
         */
        public Builder optEveryBatches(long batches, ResumableDataset dataset) {
            if (batches < 1) {
                throw new IllegalArgumentException(
                        "A checkpoint every " + batches + " batches is not possible.");
            }
            this.everyBatches = batches;
            this.data = dataset;
            return this;
        }

        /**
         * Sets what the checkpoints at the ends of epochs are judged by.
         *
         * @param function takes the trainer after the evaluation, such as {@code t ->
         *     OptionalDouble.of(t.getTrainingResult().getValidateLoss())}
         * @return this builder
         */
        public Builder optMetric(Function<Trainer, OptionalDouble> function) {
            this.metric = function;
            return this;
        }

        /**
         * Builds the saver, which saves from then on.
         *
         * @return the saver
         */
        public CheckpointSaver build() {
            return new CheckpointSaver(this);
        }
    }
}
