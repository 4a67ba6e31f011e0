package io.github.djlqat.extension.training;

import ai.djl.training.listener.DivergenceCheckTrainingListener;
import ai.djl.training.listener.EpochTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.mixedprecision.checkpoint.CheckpointSaver;
import io.github.djlqat.mixedprecision.checkpoint.CheckpointStore;
import io.github.djlqat.mixedprecision.checkpoint.TrainingState;
import java.util.OptionalDouble;

/**
 * Sets of listeners for models that are prepared for quantization, as {@link
 * TrainingListener.Defaults} has them for others. Listeners are called in their order: those that
 * evaluate stand first, then those that save, {@link QuantizedEarlyStopping}, and {@link
 * BitWidthListener}.
 */
public final class QuantizationListeners {

    private QuantizationListeners() {}

    /**
     * Returns what every training needs: the count of epochs, the evaluators' values, an error
     * where the loss is NaN, and {@link QuantizationWarnings}.
     *
     * @return the listeners
     */
    public static TrainingListener[] basic() {
        return new TrainingListener[] {
            new EpochTrainingListener(),
            new EvaluatorTrainingListener(),
            new DivergenceCheckTrainingListener(),
            QuantizationWarnings.builder().build()
        };
    }

    /**
     * Returns the {@link #basic()} ones, and progress on the console: a bar on a terminal, plain
     * lines in a log. The evaluators' values are shown where the trainer has {@link
     * ai.djl.metric.Metrics}.
     *
     * @param task the training's name
     * @param epochs the number of epochs, at least 1
     * @param batchesPerEpoch the number of training batches of an epoch, at least 1
     * @return the listeners
     */
    public static TrainingListener[] logging(String task, int epochs, long batchesPerEpoch) {
        return logging(Console.system(), task, epochs, batchesPerEpoch);
    }

    /**
     * Returns the {@link #basic()} ones, and progress on a console.
     *
     * @param console where progress is shown
     * @param task the training's name
     * @param epochs the number of epochs, at least 1
     * @param batchesPerEpoch the number of training batches of an epoch, at least 1
     * @return the listeners
     */
    public static TrainingListener[] logging(
            Console console, String task, int epochs, long batchesPerEpoch) {
        return new TrainingListener[] {
            new EpochTrainingListener(),
            new EvaluatorTrainingListener(),
            new DivergenceCheckTrainingListener(),
            new TrainingProgressListener(console, task, epochs, batchesPerEpoch),
            QuantizationWarnings.builder().build()
        };
    }

    /**
     * Returns a listener that saves a checkpoint after each epoch, judged by an evaluator's value
     * on the validation data. A store with {@code optKeepBest} keeps the best ones.
     *
     * @param store where the checkpoints go
     * @param state what they hold
     * @param evaluator the name of an evaluator of the trainer, such as {@code Accuracy}; an {@link
     *     EvaluatorTrainingListener} stands before
     * @return the listener
     */
    public static CheckpointSaver checkpoints(
            CheckpointStore store, TrainingState state, String evaluator) {
        return CheckpointSaver.builder(store, state)
                .optMetric(trainer -> OptionalDouble.of(ValidationMetric.of(trainer, evaluator)))
                .build();
    }
}
