package io.github.djlqat.samples.mixedprecision;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.extension.training.TrainingLength;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.StepReport;
import io.github.djlqat.mixedprecision.optimizer.Adam;
import io.github.djlqat.mixedprecision.optimizer.Adam8bit;
import io.github.djlqat.mixedprecision.optimizer.StatefulOptimizer;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Trains one network from scratch, in one mode after the other. */
final class Experiment {

    private final Task task;
    private final int epochs;
    private final boolean eightBitAdam;
    private final Console console;

    Experiment(Task task, int epochs, boolean eightBitAdam, Console console) {
        this.task = task;
        this.epochs = epochs;
        this.eightBitAdam = eightBitAdam;
        this.console = console;
    }

    /** The same steps for the same seed, whatever the mode. */
    Outcome run(Mode mode, int seed) throws IOException, TranslateException {
        Seeds.set(seed);
        ImageBatches batches = task.training(seed);
        try (Model model = Model.newInstance(task.name());
                StatefulOptimizer optimizer =
                        optimizer(new TrainingLength(epochs, batches.batches()))) {
            model.setBlock(task.images().network().get());
            LossRecorder losses = new LossRecorder(Loss.softmaxCrossEntropyLoss());
            StepClock clock = new StepClock();
            AtomicLong skipped = new AtomicLong();
            String name = task.name() + " " + mode.label() + " " + seed;
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(losses)
                            .optOptimizer(optimizer)
                            .addTrainingListeners(
                                    clock,
                                    new EvaluatorTrainingListener(),
                                    new TrainingProgressListener(
                                            console, name, epochs, batches.batches()));
            try (Trainer trainer =
                    new MixedPrecisionTrainer(
                            model, config, mode.settings(report -> count(report, skipped)))) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(task.images().inputShape());
                EasyTrain.fit(trainer, epochs, batches, null);
                return new Outcome(
                        task.name(),
                        mode.label(),
                        seed,
                        Evaluation.of(model.getBlock(), task.images().test()).accuracy(),
                        losses.values(),
                        clock.medianMilliseconds(),
                        skipped.get(),
                        optimizer.getStateBytes());
            }
        }
    }

    private static void count(StepReport report, AtomicLong skipped) {
        if (report.isSkipped()) {
            skipped.incrementAndGet();
        }
    }

    private StatefulOptimizer optimizer(TrainingLength length) {
        Tracker cosine = length.cosine(task.learningRate(), task.learningRate() / 100);
        return eightBitAdam
                ? Adam8bit.builder().optLearningRateTracker(cosine).build()
                : Adam.builder().optLearningRateTracker(cosine).build();
    }

    List<Outcome> run(List<Mode> modes, List<Integer> seeds)
            throws IOException, TranslateException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int seed : seeds) {
            for (Mode mode : modes) {
                outcomes.add(run(mode, seed));
            }
        }
        return outcomes;
    }
}
