package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Training by hand and by DJL's EasyTrain, in single precision. */
class MixedPrecisionTrainerTest {

    private static final Shape DATA = new Shape(8, 5);
    private static final Shape LABELS = new Shape(8, 3);

    private final Random random = new Random(50);

    @Test
    void trainsAsTheTrainerItExtends() throws Exception {
        List<float[]> expected = fit((model, config) -> new Trainer(model, config));
        List<float[]> actual =
                fit(
                        (model, config) ->
                                new MixedPrecisionTrainer(
                                        model, config, MixedPrecision.builder().build()));
        List<float[]> scaled =
                fit(
                        (model, config) ->
                                new MixedPrecisionTrainer(
                                        model,
                                        config,
                                        MixedPrecision.builder()
                                                .optLossScaling(LossScaling.dynamic().build())
                                                .build()));
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
            // A power of two scales without rounding.
            assertThat(scaled.get(i)).isEqualTo(expected.get(i));
        }
    }

    private static List<float[]> fit(BiFunction<Model, DefaultTrainingConfig, Trainer> create)
            throws Exception {
        Random random = new Random(51);
        try (Model model = Training.model(Training.mlp(7, 3))) {
            NDManager manager = model.getNDManager();
            float[] labels = new float[60];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = random.nextInt(3);
            }
            ArrayDataset dataset =
                    new ArrayDataset.Builder()
                            .setData(
                                    manager.create(
                                            Training.normal(random, 300, 1), new Shape(60, 5)))
                            .optLabels(manager.create(labels))
                            .setSampling(16, false)
                            .build();
            var config =
                    Training.config(
                                    Loss.softmaxCrossEntropyLoss(),
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(0.01f))
                                            .build())
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(TrainingListener.Defaults.basic());
            try (Trainer trainer = create.apply(model, config)) {
                Training.initialize(trainer, 52, new Shape(16, 5));
                Metrics metrics = new Metrics();
                trainer.setMetrics(metrics);
                EasyTrain.fit(trainer, 3, dataset, dataset);
                assertThat(metrics.hasMetric("step")).isTrue();
                assertThat(metrics.hasMetric("forward")).isTrue();
                assertThat(trainer.getTrainingResult().getEpoch()).isEqualTo(3);
                assertThat(trainer.getTrainingResult().getValidateEvaluation("Accuracy"))
                        .isGreaterThan(0.3f);
                return Training.parameters(trainer);
            }
        }
    }

    @Test
    void averagesGradientsOverBatches() {
        float[] data = Training.normal(random, 4 * 40, 1);
        float[] labels = Training.normal(random, 4 * 24, 1);
        List<float[]> whole;
        try (Model model = Training.model(Training.mlp(7, 3));
                Trainer trainer = trainer(model, MixedPrecision.builder().build())) {
            Training.step(trainer, data, new Shape(32, 5), labels, new Shape(32, 3));
            whole = Training.parameters(trainer);
        }
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        trainer(model, MixedPrecision.builder().optAccumulationSteps(4).build())) {
            List<float[]> before = Training.parameters(trainer);
            for (int i = 0; i < 4; i++) {
                assertThat(trainer.getAccumulatedBatches()).isEqualTo(i);
                assertThat(Training.parameters(trainer).get(0)).isEqualTo(before.get(0));
                Training.step(
                        trainer,
                        Arrays.copyOfRange(data, 40 * i, 40 * (i + 1)),
                        DATA,
                        Arrays.copyOfRange(labels, 24 * i, 24 * (i + 1)),
                        LABELS);
            }
            assertThat(trainer.getSteps()).isEqualTo(1);
            List<float[]> parts = Training.parameters(trainer);
            for (int i = 0; i < parts.size(); i++) {
                assertThat(parts.get(i)).containsExactly(whole.get(i), within(1e-6f));
                assertThat(parts.get(i)).isNotEqualTo(before.get(i));
            }
        }
    }

    /** The run with a bad batch ends where the run without it does, bit for bit. */
    @Test
    void aBadBatchLeavesNoTrace() {
        List<StepReport> reports = new ArrayList<>();
        List<float[]> with = run(true, reports);
        List<float[]> without = run(false, new ArrayList<>());
        for (int i = 0; i < with.size(); i++) {
            assertThat(with.get(i)).isEqualTo(without.get(i));
        }
        assertThat(reports).hasSize(11);
        assertThat(reports.get(5).isSkipped()).isTrue();
        assertThat(reports.get(5).nonFiniteParameter()).hasValue("01Linear_weight");
        assertThat(reports.get(5).lossScale()).isEqualTo(65536);
        assertThat(reports.get(6).lossScale()).isEqualTo(32768);
        assertThat(reports.stream().filter(StepReport::isSkipped)).hasSize(1);
    }

    private static List<float[]> run(boolean bad, List<StepReport> reports) {
        Random random = new Random(53);
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optLossScaling(LossScaling.dynamic().build())
                        .optStepListener(reports::add)
                        .build();
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = trainer(model, settings)) {
            for (int i = 0; i < 10; i++) {
                float[] data = Training.normal(random, 40, 1);
                float[] labels = Training.normal(random, 24, 1);
                if (bad && i == 5) {
                    float[] infinite = data.clone();
                    infinite[3] = Float.POSITIVE_INFINITY;
                    Training.step(trainer, infinite, DATA, labels, LABELS);
                    Training.gradients(trainer)
                            .forEach(gradient -> assertThat(gradient).containsOnly(0f));
                }
                Training.step(trainer, data, DATA, labels, LABELS);
            }
            return Training.parameters(trainer);
        }
    }

    @Test
    void clipsByNormAndByValue() {
        float[] data = Training.normal(random, 40, 3);
        float[] labels = Training.normal(random, 24, 3);
        List<float[]> gradients = updates(data, labels, MixedPrecision.builder());
        double norm = norm(gradients);
        List<float[]> byNorm =
                updates(data, labels, MixedPrecision.builder().optMaxGradientNorm(norm / 4));
        List<float[]> notByNorm =
                updates(data, labels, MixedPrecision.builder().optMaxGradientNorm(norm * 2));
        List<float[]> byValue =
                updates(data, labels, MixedPrecision.builder().optMaxGradientValue(0.05f));
        assertThat(norm(byNorm)).isCloseTo(norm / 4, within(norm * 1e-5));
        float least = 0;
        for (int i = 0; i < gradients.size(); i++) {
            for (int j = 0; j < gradients.get(i).length; j++) {
                float g = gradients.get(i)[j];
                least = Math.min(least, g);
                assertThat(byNorm.get(i)[j]).isCloseTo(g / 4, within(1e-5f));
                assertThat(notByNorm.get(i)[j]).isEqualTo(g);
                assertThat(byValue.get(i)[j])
                        .isCloseTo(Math.max(-0.05f, Math.min(0.05f, g)), within(1e-6f));
            }
        }
        assertThat(least).as("negative gradients are clipped too").isLessThan(-0.05f);
    }

    /** What one step of plain gradient descent with rate 1 subtracts. */
    private static List<float[]> updates(
            float[] data, float[] labels, MixedPrecision.Builder settings) {
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = sgd(model, settings.build())) {
            List<float[]> before = Training.parameters(trainer);
            Training.step(trainer, data, DATA, labels, LABELS);
            List<float[]> after = Training.parameters(trainer);
            for (int i = 0; i < before.size(); i++) {
                for (int j = 0; j < before.get(i).length; j++) {
                    before.get(i)[j] -= after.get(i)[j];
                }
            }
            return before;
        }
    }

    private static double norm(List<float[]> values) {
        double sum = 0;
        for (float[] array : values) {
            for (float value : array) {
                sum += (double) value * value;
            }
        }
        return Math.sqrt(sum);
    }

    @Test
    void refusesToStepWithoutBackward() {
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = trainer(model, MixedPrecision.builder().build())) {
            assertThatIllegalStateException()
                    .isThrownBy(trainer::step)
                    .withMessageContaining("call backward");
            Training.step(
                    trainer,
                    Training.normal(random, 40, 1),
                    DATA,
                    Training.normal(random, 24, 1),
                    LABELS);
            assertThatIllegalStateException().isThrownBy(trainer::step);
        }
    }

    @Test
    void continuesWithAStateOfTheScaler() {
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        trainer(
                                model,
                                MixedPrecision.builder()
                                        .optLossScaling(LossScaling.dynamic().build())
                                        .build())) {
            trainer.setLossScalerState(new LossScalerState(4096, 1999));
            Training.step(
                    trainer,
                    Training.normal(random, 40, 1),
                    DATA,
                    Training.normal(random, 24, 1),
                    LABELS);
            assertThat(trainer.getLastStep().orElseThrow().lossScale()).isEqualTo(4096);
            assertThat(trainer.getLossScalerState()).isEqualTo(new LossScalerState(8192, 0));
        }
    }

    /** Squares of these gradients overflow a float; the gradients do not. */
    @Test
    void largeGradientsAreFinite() {
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        sgd(model, MixedPrecision.builder().optMaxGradientNorm(1).build())) {
            float[] data = Training.normal(random, 40, 1);
            float[] labels = Training.normal(random, 24, 1e25f);
            List<float[]> before = Training.parameters(trainer);
            Training.step(trainer, data, DATA, labels, LABELS);
            StepReport report = trainer.getLastStep().orElseThrow();
            assertThat(report.isSkipped()).isFalse();
            assertThat(report.gradientNorm()).isBetween(1e23, 1e27);
            List<float[]> after = Training.parameters(trainer);
            for (int i = 0; i < before.size(); i++) {
                for (int j = 0; j < before.get(i).length; j++) {
                    before.get(i)[j] -= after.get(i)[j];
                }
            }
            assertThat(norm(before)).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void evaluatesWithoutGradients() {
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = trainer(model, MixedPrecision.builder().build());
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray output =
                    trainer.evaluate(new NDList(Training.random(manager, 54, DATA)))
                            .singletonOrThrow();
            assertThat(output.getShape()).isEqualTo(LABELS);
            assertThat(output.hasGradient()).isFalse();
        }
    }

    private static MixedPrecisionTrainer trainer(Model model, MixedPrecision settings) {
        return trainer(
                model,
                settings,
                Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f)).build());
    }

    private static MixedPrecisionTrainer sgd(Model model, MixedPrecision settings) {
        return trainer(
                model, settings, Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)).build());
    }

    private static MixedPrecisionTrainer trainer(
            Model model, MixedPrecision settings, Optimizer optimizer) {
        MixedPrecisionTrainer trainer =
                new MixedPrecisionTrainer(
                        model, Training.config(Loss.l2Loss(), optimizer), settings);
        Training.initialize(trainer, 55, DATA);
        return trainer;
    }
}
