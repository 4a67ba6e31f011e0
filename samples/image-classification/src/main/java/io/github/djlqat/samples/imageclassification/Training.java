package io.github.djlqat.samples.imageclassification;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.ImageTask;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Trains a model, prepared for quantization or not, and prints a line for each epoch. */
final class Training {

    private static final double NANOS_PER_MINUTE = 60e9;

    private final Console console;
    private final PrintStream out;
    private final ImageTask task;

    Training(Console console, PrintStream out, ImageTask task) {
        this.console = console;
        this.out = out;
        this.task = task;
    }

    /**
     * Trains a model for as many of the schedule's epochs as its time allows.
     *
     * @param name what is shown as its name
     * @param model the model
     * @param batches the training images
     * @param loss the loss
     * @param schedule the schedule
     * @throws IOException if the images cannot be read
     * @throws TranslateException if they cannot be processed
     */
    void fit(String name, Model model, ImageBatches batches, Loss loss, Schedule schedule)
            throws IOException, TranslateException {
        TrainingProgressListener progress =
                new TrainingProgressListener(console, name, schedule.epochs(), batches.batches());
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss)
                        .optOptimizer(schedule.optimizer(batches.batches()))
                        .addTrainingListeners(new EvaluatorTrainingListener(), progress);
        ImageBatches test = task.test();
        try (Trainer trainer = model.newTrainer(config)) {
            Metrics metrics = new Metrics();
            trainer.setMetrics(metrics);
            trainer.initialize(task.inputShape());
            long start = System.nanoTime();
            for (int epoch = 1; epoch <= schedule.epochs(); epoch++) {
                EasyTrain.fit(trainer, 1, batches, null);
                double minutes = (System.nanoTime() - start) / NANOS_PER_MINUTE;
                out.println(
                        line(
                                name,
                                epoch,
                                schedule,
                                loss,
                                metrics,
                                Evaluation.of(model.getBlock(), test),
                                minutes));
                if (epoch < schedule.epochs()
                        && minutes / epoch * (epoch + 1) > schedule.minutes()) {
                    out.printf(
                            Locale.ROOT,
                            "%s: the next epoch would end after the time limit of %.1f minutes.%n",
                            name,
                            schedule.minutes());
                    break;
                }
            }
        }
    }

    private static String line(
            String name,
            int epoch,
            Schedule schedule,
            Loss loss,
            Metrics metrics,
            Evaluation evaluation,
            double minutes) {
        String metric =
                EvaluatorTrainingListener.metricName(loss, EvaluatorTrainingListener.TRAIN_EPOCH);
        return String.format(
                Locale.ROOT,
                "%s: epoch %d/%d, loss %.4f, accuracy %.2f %%, %.1f min",
                name,
                epoch,
                schedule.epochs(),
                metrics.latestMetric(metric).getValue().doubleValue(),
                100 * evaluation.accuracy(),
                minutes);
    }
}
