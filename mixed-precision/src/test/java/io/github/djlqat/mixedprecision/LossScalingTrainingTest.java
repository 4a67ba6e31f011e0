package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.mixedprecision.optimizer.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Scaling the loss keeps gradients of half precision in their range. */
class LossScalingTrainingTest {

    /** Without scaling, gradients this small are zero in FP16, and nothing moves. */
    @Test
    void scalingRescuesGradientsThatUnderflow() {
        float[] scales = {1, 65536};
        List<List<float[]>> moved = new ArrayList<>();
        for (float scale : scales) {
            MixedPrecision settings =
                    MixedPrecision.builder()
                            .optPrecision(Precision.FLOAT16)
                            .optLossScaling(LossScaling.fixed(scale))
                            .build();
            moved.add(tinyGradients(settings));
        }
        moved.get(0).forEach(gradient -> assertThat(gradient).containsOnly(0f));
        List<float[]> exact = tinyGradients(MixedPrecision.of(Precision.FLOAT32));
        for (int i = 0; i < exact.size(); i++) {
            float[] rescued = moved.get(1).get(i);
            double error = 0;
            double norm = 0;
            for (int j = 0; j < rescued.length; j++) {
                error += Math.pow(rescued[j] - exact.get(i)[j], 2);
                norm += Math.pow(exact.get(i)[j], 2);
            }
            assertThat(norm).isPositive();
            assertThat(Math.sqrt(error / norm)).isLessThan(0.01);
        }
    }

    /** Adam divides by the size of gradients, so that it learns from tiny ones that are there. */
    @Test
    void aRunThatUnderflowsLearnsWithScaling() {
        float[] none = tinyLosses(LossScaling.none());
        float[] dynamic = tinyLosses(LossScaling.dynamic().optInitialScale(0x1p40f).build());
        assertThat(none).containsOnly(none[0]);
        assertThat(dynamic[199]).isLessThan(0.5f * dynamic[0]);
    }

    private static float[] tinyLosses(LossScaling scaling) {
        Random random = new Random(90);
        float[] data = Training.normal(random, 16 * 8, 1);
        float[] labels = Training.normal(random, 16 * 2, 1);
        float[] losses = new float[200];
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optPrecision(Precision.FLOAT16)
                        .optLossScaling(scaling)
                        .build();
        Optimizer adam =
                Adam.builder()
                        .optLearningRateTracker(Tracker.fixed(0.01f))
                        .optEpsilon(0x1p-100)
                        .build();
        try (Model model = Training.model(Training.mlp(16, 2));
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model, Training.config(new TinyLoss(), adam), settings)) {
            Training.initialize(trainer, 91, new Shape(16, 8));
            for (int i = 0; i < losses.length; i++) {
                losses[i] =
                        Training.step(trainer, data, new Shape(16, 8), labels, new Shape(16, 2));
            }
        }
        return losses;
    }

    /** Whose derivatives are less than half of the smallest number of FP16. */
    private static final class TinyLoss extends Loss {

        TinyLoss() {
            super("tiny");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            return predictions.head().sub(labels.head()).square().mean().mul(1e-9f);
        }
    }

    /** What plain gradient descent subtracts, over 1e9, at a loss with tiny derivatives. */
    private static List<float[]> tinyGradients(MixedPrecision settings) {
        Random random = new Random(72);
        float[] data = Training.normal(random, 16 * 8, 1);
        float[] labels = Training.normal(random, 16 * 2, 1);
        Loss loss =
                new Loss("tiny") {
                    @Override
                    public NDArray evaluate(NDList labels, NDList predictions) {
                        return predictions.head().sub(labels.head()).square().mean().mul(1e-7f);
                    }
                };
        try (Model model = Training.model(Training.mlp(8, 2));
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                Training.config(
                                        loss,
                                        Optimizer.sgd()
                                                .setLearningRateTracker(Tracker.fixed(1e6f))
                                                .build()),
                                settings)) {
            Training.initialize(trainer, 73, new Shape(16, 8));
            List<float[]> before = Training.parameters(trainer);
            Training.step(trainer, data, new Shape(16, 8), labels, new Shape(16, 2));
            List<float[]> after = Training.parameters(trainer);
            for (int i = 0; i < before.size(); i++) {
                for (int j = 0; j < before.get(i).length; j++) {
                    before.get(i)[j] -= after.get(i)[j];
                }
            }
            return before;
        }
    }
}
