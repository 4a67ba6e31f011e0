package io.github.djlqat.samples.numberformats;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.extension.training.TrainingLength;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tries recipes on one subject, each from the same trained parameters. */
final class Trial {

    private static final String TRAINED = "fp32";
    private static final int CALIBRATION_BATCHES = 10;
    private static final int FP32_EPOCHS = 8;
    private static final float FP32_RATE = 0.01f;
    private static final double FREEZING = 0.8;
    private static final int SEED = 1;

    private final Subject subject;
    private final Path folder;
    private final Console console;

    Trial(Subject subject, Path folder, Console console) throws IOException {
        this.subject = subject;
        this.folder = Files.createDirectories(folder);
        this.console = console;
    }

    /** Trains the parameters, or takes the trained ones. Returns their accuracy. */
    double start() throws IOException, TranslateException {
        Seeds.set(SEED);
        try (Model model = subject.model()) {
            if (subject.weights() == null) {
                fit(subject.task().name() + " fp32", model, FP32_EPOCHS, FP32_RATE);
            }
            model.save(folder, TRAINED);
            return Evaluation.of(model.getBlock(), subject.task().test()).accuracy();
        }
    }

    /** Returns the accuracy under a recipe, after so many epochs of training under it. */
    double accuracy(String name, Recipe recipe, int epochs)
            throws IOException, TranslateException, MalformedModelException {
        Seeds.set(SEED);
        try (Model model = Model.newInstance(subject.task().name())) {
            model.setBlock(subject.task().network().get());
            model.load(folder, TRAINED);
            Quantization.prepare(
                    model,
                    epochs == 0 ? recipe : recipe.withTraining(freezing(epochs)),
                    subject.task().inputShape());
            Quantization.calibrate(model, subject.calibration(), CALIBRATION_BATCHES);
            if (epochs > 0) {
                fit(name, model, epochs, subject.learningRate());
            }
            return Evaluation.of(model.getBlock(), subject.task().test()).accuracy();
        }
    }

    /** BatchNorms and observers rest in the last fifth of the steps. */
    private TrainingOptions freezing(int epochs) {
        return new TrainingLength(epochs, subject.training().batches())
                .freezing(TrainingOptions.DEFAULT, FREEZING);
    }

    private void fit(String name, Model model, int epochs, float rate)
            throws IOException, TranslateException {
        ImageBatches batches = subject.training();
        Tracker cosine = new TrainingLength(epochs, batches.batches()).cosine(rate, rate / 100);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(cosine).build())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new TrainingProgressListener(
                                        console, name, epochs, batches.batches()));
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.setMetrics(new Metrics());
            trainer.initialize(subject.task().inputShape());
            EasyTrain.fit(trainer, epochs, batches, null);
        }
    }
}
