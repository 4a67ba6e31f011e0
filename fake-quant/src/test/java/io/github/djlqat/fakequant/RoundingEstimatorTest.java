package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.RoundingEstimator;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The estimators that recipes name for integers with observed scales, told by what they compute.
 */
class RoundingEstimatorTest {

    /** At a scale of 1: half a step beyond the codes -8 to 7, more than that, and inside. */
    private static final float[] VALUES = {7.4f, 7.6f, -8.4f, -8.6f, 3.3f};

    private record Outcome(float[] values, float[] gradient) {}

    private static Recipe recipe(String tensors) {
        return RecipeReader.read("name: test\n" + tensors, RecipeFormat.YAML);
    }

    /** A quantizer to int4 with the scale 1, as a recipe's text names it. */
    private static FakeQuantize quantizer(NDManager manager, String estimator) {
        TensorRecipe recipe =
                (TensorRecipe)
                        recipe(
                                        "activations: {format: int4"
                                                + (estimator.isEmpty()
                                                        ? "}"
                                                        : ", estimator: " + estimator + "}"))
                                .activations();
        FakeQuantize quantizer = FakeQuantize.builder(recipe).build();
        quantizer.initialize(manager, DataType.FLOAT32, new Shape(1));
        quantizer.calibrate(
                Observers.create(recipe.observer(), recipe.scheme())
                        .observe(new float[] {-7.5f, 7.5f}, new Shape(2)));
        quantizer.setObserving(false);
        assertThat(quantizer.getQuantizationParameters().scales()).containsExactly(1f);
        return quantizer;
    }

    private static Outcome train(FakeQuantize quantizer, NDManager manager, float[] values) {
        ParameterStore store = new ParameterStore(manager, false);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray x = manager.create(values);
            x.setRequiresGradient(true);
            NDArray y = quantizer.forward(store, new NDList(x), true).head();
            collector.backward(y.sum());
            return new Outcome(y.toFloatArray(), x.getGradient().toFloatArray());
        }
    }

    private static float[] infer(FakeQuantize quantizer, NDManager manager, float[] values) {
        return quantizer
                .forward(
                        new ParameterStore(manager, false),
                        new NDList(manager.create(values)),
                        false)
                .head()
                .toFloatArray();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0 0 0 0 1",
        "straight-through-code, 1 0 1 0 1",
        "straight-through-input, 0 0 0 0 1",
        "straight-through, 1 1 1 1 1"
    })
    void roundsToTheNearestWithTheGradientThatIsNamed(String estimator, String gradient) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Outcome outcome = train(quantizer(manager, estimator), manager, VALUES);
            assertThat(outcome.values()).containsExactly(7, 7, -8, -8, 3);
            assertThat(outcome.gradient())
                    .isEqualTo(
                            new float[] {
                                digit(gradient, 0),
                                digit(gradient, 1),
                                digit(gradient, 2),
                                digit(gradient, 3),
                                digit(gradient, 4)
                            });
        }
    }

    private static float digit(String digits, int i) {
        return digits.charAt(2 * i) - '0';
    }

    @Test
    void stochasticRoundingIsRightOnAverage() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] values = new float[40_000];
            Arrays.fill(values, 2.25f);
            Outcome outcome = train(quantizer(manager, "stochastic-rounding"), manager, values);
            int up = 0;
            for (int i = 0; i < values.length; i++) {
                assertThat(outcome.values()[i]).isIn(2f, 3f);
                up += outcome.values()[i] == 3f ? 1 : 0;
            }
            // Five standard deviations of the share of a quarter.
            assertThat((double) up / values.length).isCloseTo(0.25, within(0.011));
            assertThat(outcome.gradient()).containsOnly(1f);
        }
    }

    @Test
    void stochasticRoundingStaysInTheRangeAndOnTheCodes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] values = {7.4f, 20f, -8.4f, -20f, 3f};
            FakeQuantize quantizer = quantizer(manager, "stochastic-rounding");
            for (int draw = 0; draw < 20; draw++) {
                Outcome outcome = train(quantizer, manager, values);
                assertThat(outcome.values()).containsExactly(7, 7, -8, -8, 3);
                assertThat(outcome.gradient()[1]).isZero();
                assertThat(outcome.gradient()[3]).isZero();
            }
        }
    }

    @Test
    void additiveNoiseIsUniformAndPassesTheGradientEverywhere() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] values = new float[40_000];
            Arrays.fill(values, 30f);
            Outcome outcome = train(quantizer(manager, "additive-noise"), manager, values);
            double sum = 0;
            double squares = 0;
            for (float value : outcome.values()) {
                double noise = value - 30.0;
                assertThat(noise).isBetween(-0.5, 0.5);
                sum += noise;
                squares += noise * noise;
            }
            assertThat(sum / values.length).isCloseTo(0, within(0.0075));
            assertThat(squares / values.length).isCloseTo(1.0 / 12, within(0.002));
            assertThat(outcome.gradient()).containsOnly(1f);
        }
    }

    @ParameterizedTest
    @EnumSource(RoundingEstimator.class)
    void inferenceRoundsToTheNearest(RoundingEstimator estimator) {
        try (NDManager manager = NDManager.newBaseManager()) {
            FakeQuantize quantizer = quantizer(manager, estimator.word());
            for (int i = 0; i < 3; i++) {
                assertThat(infer(quantizer, manager, VALUES)).containsExactly(7, 7, -8, -8, 3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RoundingEstimator.class,
            mode = Mode.INCLUDE,
            names = {"STOCHASTIC_ROUNDING", "ADDITIVE_NOISE"})
    void drawsAnewInEachForward(RoundingEstimator estimator) {
        try (NDManager manager = NDManager.newBaseManager()) {
            FakeQuantize quantizer = quantizer(manager, estimator.word());
            float[] values = new float[64];
            Arrays.fill(values, 2.5f);
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                seen.add(Arrays.toString(train(quantizer, manager, values).values()));
            }
            assertThat(seen).hasSize(5);
        }
    }

    private static float[] trained(String tensors, long seed) throws Exception {
        try (Model model = Model.newInstance("noise")) {
            NDManager manager = model.getNDManager();
            SequentialBlock block =
                    new SequentialBlock().add(TestBlocks.linear(6)).add(TestBlocks.linear(1));
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 8));
            TestBlocks.randomize(block, manager, 3);
            model.setBlock(block);
            Quantization.prepare(
                    model, recipe(tensors + "\ntraining: {seed: " + seed + "}"), new Shape(1, 8));
            try (Trainer trainer =
                    model.newTrainer(
                            new DefaultTrainingConfig(Loss.l2Loss())
                                    .optOptimizer(
                                            Optimizer.sgd()
                                                    .setLearningRateTracker(Tracker.fixed(0.1f))
                                                    .build()))) {
                trainer.initialize(new Shape(1, 8));
                for (int step = 0; step < 3; step++) {
                    try (NDManager scope = manager.newSubManager();
                            GradientCollector collector = trainer.newGradientCollector()) {
                        NDArray x = TestBlocks.random(scope, 20 + step, new Shape(4, 8));
                        NDList y = trainer.forward(new NDList(x));
                        collector.backward(y.head().square().mean());
                    }
                    trainer.step();
                }
            }
            return block.getChildren()
                    .get(0)
                    .getValue()
                    .getParameters()
                    .get(0)
                    .getValue()
                    .getArray()
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights: {format: int4, estimator: stochastic-rounding}",
                "weights: {format: int4, granularity: per-group, groupSize: 2, estimator: additive-noise}\nactivations: {format: uint8, estimator: stochastic-rounding}",
                "weights: {format: int8}\nactivations: {format: int4, granularity: per-token, estimator: stochastic-rounding}"
            })
    void aSeedRepeatsARun(String tensors) throws Exception {
        float[] once = trained(tensors, 7);
        assertThat(trained(tensors, 7)).isEqualTo(once);
        assertThat(trained(tensors, 8)).isNotEqualTo(once);
        assertThat(trained(tensors.replaceAll(", estimator: [a-z-]+", ""), 7)).isNotEqualTo(once);
    }

    @Test
    void withoutRandomNumbersTheSeedDoesNotMatter() throws Exception {
        String tensors = "weights: {format: int4, estimator: straight-through}";
        assertThat(trained(tensors, 7)).isEqualTo(trained(tensors, 8));
    }

    /** A quantizer does a rectifier's work only where its gradient is the rectifier's. */
    @ParameterizedTest
    @EnumSource(RoundingEstimator.class)
    void rectifiersAreLeftOutWhereTheGradientIsTheirs(RoundingEstimator estimator) {
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block =
                    new SequentialBlock()
                            .add(TestBlocks.linear(6))
                            .add(Activation.reluBlock())
                            .add(TestBlocks.linear(1));
            QuantizedBlock prepared =
                    Quantization.prepare(
                            block,
                            manager,
                            recipe(
                                    "weights: {format: int8}\nactivations: {format: uint8, estimator: "
                                            + estimator.word()
                                            + "}"),
                            new Shape(1, 8));
            assertThat(
                            prepared.plan().sites().values().stream()
                                    .anyMatch(SitePlan::absorbedRectifier))
                    .isEqualTo(estimator == RoundingEstimator.STRAIGHT_THROUGH_INPUT);
        }
    }

    @Test
    void conventionsOfOtherArithmeticAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                trained(
                                        "weights: {format: int8, convention: tensorflow, estimator: stochastic-rounding}",
                                        1))
                .withMessageContaining("stochastic-rounding")
                .withMessageContaining("legal are the conventions default");
    }
}
