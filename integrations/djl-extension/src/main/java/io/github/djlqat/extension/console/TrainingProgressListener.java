package io.github.djlqat.extension.console;

import ai.djl.metric.Metric;
import ai.djl.metric.Metrics;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows a training's progress over all its epochs, with the latest values of the trainer's
 * evaluators.
 *
 * <p>The values are shown where the trainer has {@link Metrics} and an {@link
 * EvaluatorTrainingListener} stands before this listener.
 */
public final class TrainingProgressListener implements TrainingListener {

    private final Console console;
    private final String task;
    private final int epochs;
    private final long batchesPerEpoch;
    private @Nullable Progress progress;
    private int epoch;
    private long batches;

    /**
     * Creates a listener.
     *
     * @param console where progress is shown
     * @param task the training's name
     * @param epochs the number of epochs, at least 1
     * @param batchesPerEpoch the number of training batches of an epoch, at least 1
     */
    public TrainingProgressListener(
            Console console, String task, int epochs, long batchesPerEpoch) {
        this.console = console;
        this.task = task;
        this.epochs = epochs;
        this.batchesPerEpoch = batchesPerEpoch;
    }

    @Override
    public void onTrainingBegin(Trainer trainer) {
        // a trainer's training begins when it is made; the time shown is that since the first batch
    }

    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        if (progress == null) {
            progress = console.start(task, epochs * batchesPerEpoch);
        }
        batches++;
        progress.update(batches, message(trainer, EvaluatorTrainingListener.TRAIN_PROGRESS));
    }

    @Override
    public void onValidationBatch(Trainer trainer, BatchData batchData) {
        // the epoch's end tells what validation found
    }

    @Override
    public void onEpoch(Trainer trainer) {
        epoch++;
        if (progress != null) {
            progress.update(batches, message(trainer, EvaluatorTrainingListener.VALIDATE_EPOCH));
            if (epoch >= epochs) {
                close();
            }
        }
    }

    @Override
    public void onTrainingEnd(Trainer trainer) {
        close();
    }

    private void close() {
        if (progress != null) {
            progress.close();
        }
    }

    private String message(Trainer trainer, String stage) {
        List<String> parts = new ArrayList<>();
        parts.add(
                "epoch "
                        + Math.min(
                                epoch
                                        + (stage.equals(EvaluatorTrainingListener.TRAIN_PROGRESS)
                                                ? 1
                                                : 0),
                                epochs));
        Metrics metrics = trainer.getMetrics();
        if (metrics != null) {
            for (Evaluator evaluator : trainer.getEvaluators()) {
                String name = EvaluatorTrainingListener.metricName(evaluator, stage);
                if (metrics.hasMetric(name)) {
                    Metric latest = metrics.latestMetric(name);
                    double value = latest.getValue().doubleValue();
                    if (!Double.isNaN(value)) { // as it is where nothing was validated
                        parts.add(
                                String.format(Locale.ROOT, "%s %.4f", shortName(evaluator), value));
                    }
                }
            }
        }
        return String.join(", ", parts);
    }

    private static String shortName(Evaluator evaluator) {
        return evaluator.getName().endsWith("Loss")
                ? "loss"
                : evaluator.getName().toLowerCase(Locale.ROOT);
    }
}
