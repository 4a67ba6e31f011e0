package io.github.djlqat.samples.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DigitsNetTest {

    @Test
    void learnsTheDigitsInThreeEpochsTheSameWayTwice() throws IOException, TranslateException {
        Evaluation first = train(3);
        assertThat(first.total()).isEqualTo(359);
        assertThat(first.accuracy()).isGreaterThan(0.9);
        assertThat(train(3)).isEqualTo(first);
    }

    private static Evaluation train(int epochs) throws IOException, TranslateException {
        Seeds.set(1);
        ImageSplit split = Digits.split(1);
        ImageBatches train = batches(split.train(), true);
        ImageBatches test = batches(split.test(), false);
        Tracker rate =
                Tracker.cosine()
                        .setBaseValue(0.01f)
                        .optFinalValue(0)
                        .setMaxUpdates(epochs * train.batches())
                        .build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(rate).build())
                        .addEvaluator(new Accuracy());
        try (Model model = Model.newInstance("digits");
                Trainer trainer = trainer(model, config)) {
            trainer.initialize(new Shape(1, 1, Digits.SIDE, Digits.SIDE));
            EasyTrain.fit(trainer, epochs, train, test);
            return Evaluation.of(model.getBlock(), test);
        }
    }

    private static Trainer trainer(Model model, DefaultTrainingConfig config) {
        model.setBlock(new DigitsNet());
        return model.newTrainer(config);
    }

    private static ImageBatches batches(ImageSet images, boolean shuffle) {
        return ImageBatches.builder()
                .setImages(images)
                .setNormalization(Digits.normalization())
                .setSampling(32, shuffle)
                .optSeed(1)
                .build();
    }
}
