package io.github.djlqat.extension.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationTrainingTest {

    private static final TrainingLength LENGTH = new TrainingLength(5, 4);

    @TempDir Path folder;

    private static QuantizationTraining.Builder builder() {
        return QuantizationTraining.builder(Loss.softmaxCrossEntropyLoss(), LENGTH);
    }

    @Test
    void theLearningRateFollowsTheFormula() {
        Tracker rate = LENGTH.cosineAfterWarmUp(0.1f, 0.001f, 4);

        assertThat(rate.getNewValue(0)).isZero();
        assertThat(rate.getNewValue(1)).isEqualTo(0.025f, within(1e-7f));
        assertThat(rate.getNewValue(4)).isEqualTo(0.1f, within(1e-7f));
        for (int step = 4; step <= 20; step++) {
            double expected =
                    0.001 + (0.1 - 0.001) / 2 * (1 + Math.cos(Math.PI * (step - 4) / 16.0));
            assertThat((double) rate.getNewValue(step)).isEqualTo(expected, within(1e-6));
        }
        assertThat(LENGTH.cosine(0.1f, 0.001f).getNewValue(20)).isEqualTo(0.001f, within(1e-7f));
    }

    @Test
    void aRecipeIsFrozenForTheLastPartUnlessItSaysItself() {
        Recipe int8 = Presets.named("int8");
        Recipe own = int8.withTraining(new TrainingOptions(false, -1, 3));

        assertThat(builder().build().schedule(int8).training())
                .isEqualTo(new TrainingOptions(true, 16, 16));
        assertThat(
                        builder()
                                .optFreezeAfter(0.5)
                                .build()
                                .schedule(int8.withTraining(int8.training().withQuantizeAfter(2)))
                                .training())
                .isEqualTo(new TrainingOptions(true, 10, 10).withQuantizeAfter(2));
        assertThat(builder().build().schedule(own)).isSameAs(own);
    }

    /** With a gradient of zero nothing but the decay changes a parameter. */
    @Test
    void onlyTheWeightsOfLayersDecay() throws Exception {
        QuantizationTraining training =
                builder().optLearningRate(0.5f, 0.25f).optWeightDecay(0.125f).build();
        try (Model model = Networks.model(1)) {
            Quantization.prepare(model, Presets.named("w4a4"), Networks.IMAGE);
            DefaultTrainingConfig config = training.config(model);
            for (Pair<String, Parameter> pair : model.getBlock().getParameters()) {
                Parameter parameter = pair.getValue();
                NDArray array = parameter.getArray();
                float[] before = array.toFloatArray();
                try (NDArray zero = array.zerosLike()) {
                    config.getOptimizer().update(parameter.getId(), array, zero);
                }
                float factor = parameter.getType() == Parameter.Type.WEIGHT ? 1 - 0.125f * 0.5f : 1;
                float[] after = array.toFloatArray();
                for (int i = 0; i < before.length; i++) {
                    assertThat(after[i])
                            .as(pair.getKey())
                            .isEqualTo(before[i] * factor, within(0.01f * Math.abs(before[i])));
                }
                if (factor == 1) {
                    assertThat(after).as(pair.getKey()).isEqualTo(before);
                } else {
                    assertThat(after).as(pair.getKey()).isNotEqualTo(before);
                }
            }
        }
    }

    @Test
    void theConfigurationHoldsWhatWasGiven() {
        Accuracy accuracy = new Accuracy();
        TrainingListener[] listeners = QuantizationListeners.basic();
        QuantizationTraining training =
                builder()
                        .addEvaluator(accuracy)
                        .addListeners(listeners)
                        .optDevices(Device.cpu())
                        .build();
        try (Model model = Networks.model(1)) {
            Quantization.prepare(model, Presets.named("int8"), Networks.IMAGE);
            DefaultTrainingConfig config = training.config(model);

            assertThat(config.getEvaluators()).containsExactly(accuracy);
            assertThat(config.getTrainingListeners()).containsExactly(listeners);
            assertThat(config.getDevices()).containsExactly(Device.cpu());
            assertThat(config.getLossFunction().getName()).isEqualTo("SoftmaxCrossEntropyLoss");
            assertThat(training.config(model).getOptimizer()).isNotSameAs(config.getOptimizer());
        }
    }

    /** DJL thaws all parameters of a model that was loaded before it trains it. */
    @ParameterizedTest
    @ValueSource(strings = {"int8", "learned", "published"})
    void aLoadedModelTrainsNoConstants(String name) throws Exception {
        Recipe recipe =
                switch (name) {
                    case "int8" -> Presets.named("int8");
                    case "learned" -> Presets.named("w4a4").withRules(List.of());
                    default ->
                            RecipeReader.read(
                                    """
                                    name: published
                                    weights: {format: int4, estimator: lsq-plus}
                                    activations: {format: uint4, estimator: pact}
                                    """,
                                    RecipeFormat.YAML);
                };
        try (TrainingRun run = new TrainingRun(recipe)) {
            run.fit(1);
            run.model.save(folder, "net");
        }
        try (Model model = Networks.model(2);
                Model fresh = Networks.model(2)) {
            Quantization.prepare(fresh, recipe, Networks.IMAGE);
            Quantization.prepare(model, recipe, Networks.IMAGE);
            model.load(folder, "net");

            try (Trainer trainer = model.newTrainer(builder().build().config(model))) {
                trainer.initialize(Networks.IMAGE);
                assertThat(trained(model)).isEqualTo(trained(fresh));
            }
        }
    }

    private static List<String> trained(Model model) {
        return model.getBlock().getParameters().stream()
                .filter(pair -> pair.getValue().requiresGradient())
                .map(Pair::getKey)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, false", "BFLOAT16, true"})
    void itsTrainerTrains(Precision precision, boolean mixed) throws Exception {
        QuantizationTraining training =
                builder()
                        .optLearningRate(0.01f)
                        .optPrecision(precision)
                        .addEvaluator(new Accuracy())
                        .addListeners(QuantizationListeners.basic())
                        .build();
        try (TrainingRun run = new TrainingRun(training.schedule(Presets.named("w4a4")))) {
            float first;
            float last;
            try (Trainer trainer = training.newTrainer(run.model)) {
                assertThat(trainer instanceof MixedPrecisionTrainer).isEqualTo(mixed);
                trainer.initialize(Networks.IMAGE);
                EasyTrain.fit(trainer, 1, run.training(), null);
                first = trainer.getTrainingResult().getTrainLoss();
                EasyTrain.fit(trainer, 4, run.training(), null);
                last = trainer.getTrainingResult().getTrainLoss();
            }
            assertThat(last).isLessThan(first * 0.8f);
        }
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new TrainingLength(0, 4)).hasMessageContaining("not 0 and 4");
        assertThatThrownBy(() -> new TrainingLength(1 << 20, 1 << 20))
                .hasMessageContaining("more steps");
        assertThatThrownBy(() -> builder().optLearningRate(0).build())
                .hasMessageContaining("learning rate");
        assertThatThrownBy(() -> builder().optLearningRate(0.1f, 0.2f).build())
                .hasMessageContaining("not from 0.1 to 0.2");
        assertThatThrownBy(() -> builder().optWarmUpSteps(20).build())
                .hasMessageContaining("less than 20");
        assertThatThrownBy(() -> builder().optWeightDecay(-1).build())
                .hasMessageContaining("weight decay is finite and at least 0");
        assertThatThrownBy(() -> builder().optFreezeAfter(1.5).build())
                .hasMessageContaining("from 0 to 1");
        try (Model model = Model.newInstance("empty", "PyTorch")) {
            QuantizationTraining training = builder().build();
            assertThatThrownBy(() -> training.config(model)).hasMessageContaining("no block");
        }
    }
}
