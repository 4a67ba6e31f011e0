package io.github.djlqat.samples.metrics;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.micrometer.TrainingMetrics;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.DigitsNet;
import io.github.djlqat.samples.common.training.Seeds;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;

/** Trains a network that reads digits in 4 bits and in FP16, under meters. */
final class MeteredTraining {

    private static final int SEED = 1;
    private static final int BATCH_SIZE = 32;
    private static final Shape INPUT = new Shape(1, 1, Digits.SIDE, Digits.SIDE);

    private MeteredTraining() {}

    static void run(List<MeterRegistry> registries, int epochs, Console console)
            throws IOException, TranslateException {
        Seeds.set(SEED);
        ImageSplit images = Digits.split(SEED);
        ImageBatches train = batches(images, true);
        TrainingMetrics meters = TrainingMetrics.builder().build();
        registries.forEach(meters::bindTo);
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.005f))
                                        .build())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new TrainingProgressListener(
                                        console, "digits", epochs, train.batches()),
                                meters);
        try (Model model = Model.newInstance("digits")) {
            Block network = new DigitsNet();
            network.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            model.setBlock(network);
            Quantization.prepare(model, Presets.named("w4a4"), INPUT);
            Quantization.calibrate(model, train, 10);
            try (Trainer trainer =
                    new MixedPrecisionTrainer(
                            model, config, MixedPrecision.of(Precision.FLOAT16))) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(INPUT);
                EasyTrain.fit(trainer, epochs, train, batches(images, false));
            }
        }
    }

    private static ImageBatches batches(ImageSplit images, boolean training) {
        return ImageBatches.builder()
                .setImages(training ? images.train() : images.test())
                .setNormalization(Digits.normalization())
                .setSampling(BATCH_SIZE, training)
                .optSeed(SEED)
                .build();
    }
}
