package io.github.djlqat.extension.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Parameter;
import ai.djl.training.Trainer;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BitWidthListenerTest {

    /** Learned scales without exceptions for the first and the last layer. */
    private static final Recipe LEARNED =
            new Recipe(
                    "learned",
                    TensorRecipe.weights(
                            IntegerFormat.INT8.withNarrowRange(true),
                            ObserverType.MSE,
                            ScaleLearning.LSQ),
                    TensorRecipe.activations(
                            IntegerFormat.UINT8, ObserverType.MSE, ScaleLearning.LSQ),
                    null,
                    List.of(),
                    TrainingOptions.DEFAULT);

    private static String bits(TrainingRun run) {
        return run.block.getQuantizers().values().stream()
                .map(quantizer -> quantizer.getRecipe().scheme().format().toString())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void bitsFallAtTheEndsOfTheirEpochs() throws Exception {
        try (TrainingRun run = new TrainingRun(LEARNED)) {
            List<String> seen = new ArrayList<>();
            List<Parameter> before = run.block.getParameters().values();

            run.fit(
                    6,
                    BitWidthListener.builder(run.training(), 4)
                            .addBits(2, 6)
                            .addBits(3, 4)
                            .addBits(5, 2)
                            .build(),
                    TrainingRun.eachBatch(trainer -> seen.add(bits(run))));

            assertThat(seen).hasSize(6 * TrainingRun.BATCHES);
            for (int epoch = 0; epoch < 6; epoch++) {
                String expected =
                        switch (epoch) {
                            case 0, 1 -> "int8 (narrow) uint8";
                            case 2 -> "int6 (narrow) uint6";
                            case 3, 4 -> "int4 (narrow) uint4";
                            default -> "int2 uint2";
                        };
                assertThat(
                                new java.util.HashSet<>(
                                        seen.subList(
                                                epoch * TrainingRun.BATCHES,
                                                (epoch + 1) * TrainingRun.BATCHES)))
                        .containsExactly(expected);
            }
            assertThat(run.block.getSteps()).isEqualTo(6L * TrainingRun.BATCHES);
            assertThat(run.model.getBlock()).isSameAs(run.block);
            assertThat(run.block.getParameters().values())
                    .usingElementComparator((a, b) -> a == b ? 0 : 1)
                    .isEqualTo(before);
        }
    }

    @Test
    void aChangeChoosesTheScalesThatPreparationWould() throws Exception {
        Recipe int4 = BitWidths.withBits(LEARNED, 4);
        try (TrainingRun run = new TrainingRun(LEARNED);
                TrainingRun fresh = new TrainingRun(int4)) {
            Quantization.changeRecipe(run.model, int4, run.training(), TrainingRun.BATCHES);

            assertThat(run.block.getRecipe()).isEqualTo(int4);
            run.block
                    .getQuantizers()
                    .forEach(
                            (name, quantizer) ->
                                    assertThat(quantizer.getQuantizationParameters().scales())
                                            .isEqualTo(
                                                    fresh.block
                                                            .getQuantizers()
                                                            .get(name)
                                                            .getQuantizationParameters()
                                                            .scales()));
            float[] outputs =
                    Networks.outputs(
                            run.block,
                            run.model.getNDManager(),
                            Networks.images(run.model.getNDManager(), 5, 3));
            assertThat(outputs)
                    .isEqualTo(
                            Networks.outputs(
                                    fresh.block,
                                    fresh.model.getNDManager(),
                                    Networks.images(fresh.model.getNDManager(), 5, 3)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void scalesAreTrainedAfterAChange(Precision precision) throws Exception {
        try (TrainingRun run = new TrainingRun(LEARNED)) {
            List<float[]> scales = new ArrayList<>();
            QuantizationTraining training =
                    QuantizationTraining.builder(
                                    ai.djl.training.loss.Loss.softmaxCrossEntropyLoss(),
                                    new TrainingLength(3, TrainingRun.BATCHES))
                            .addListeners(
                                    BitWidthListener.builder(run.training(), 4)
                                            .addBits(1, 4)
                                            .build(),
                                    TrainingRun.eachEpoch(trainer -> scales.add(scales(run))))
                            .build();
            try (Trainer trainer =
                    precision == Precision.FLOAT32
                            ? run.model.newTrainer(training.config(run.model))
                            : new MixedPrecisionTrainer(
                                    run.model,
                                    training.config(run.model),
                                    MixedPrecision.of(precision))) {
                run.fit(trainer, 3);
            }

            assertThat(scales).hasSize(3);
            float[] changed = scales.get(0);
            float[] trained = scales.get(2);
            int moved = 0;
            for (int i = 0; i < changed.length; i++) {
                moved += changed[i] != trained[i] ? 1 : 0;
            }
            // a channel that is never active has no gradient
            assertThat(moved).isGreaterThan(changed.length / 2);
        }
    }

    private static float[] scales(TrainingRun run) {
        List<Float> all = new ArrayList<>();
        for (FakeQuantize quantizer : run.block.getQuantizers().values()) {
            for (float scale : quantizer.getQuantizationParameters().scales()) {
                all.add(scale);
            }
        }
        float[] values = new float[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = all.get(i);
        }
        return values;
    }

    @Test
    void whatIsFrozenStaysFrozen() throws Exception {
        try (TrainingRun run = new TrainingRun(Presets.named("int8"))) {
            List<float[]> scales = new ArrayList<>();

            run.fit(
                    3,
                    FreezingListener.builder().optFreezeObserversAfterEpochs(1).build(),
                    BitWidthListener.builder(run.training(), 4).addBits(2, 4).build(),
                    TrainingRun.eachBatch(
                            trainer ->
                                    scales.add(
                                            run.block.getQuantizers().values().stream()
                                                    .filter(
                                                            q ->
                                                                    !run.block.isWeightQuantizer(
                                                                            q.getName()))
                                                    .findFirst()
                                                    .orElseThrow()
                                                    .getQuantizationParameters()
                                                    .scales()
                                                    .clone())));

            assertThat(Arrays.equals(scales.get(3), scales.get(7))).isTrue();
            assertThat(Arrays.equals(scales.get(7), scales.get(8))).isFalse();
            assertThat(Arrays.equals(scales.get(8), scales.get(11))).isTrue();
        }
    }

    @Test
    void changesAddNothingToNativeMemory() throws Exception {
        try (TrainingRun run = new TrainingRun(LEARNED)) {
            int before = run.model.getNDManager().getManagedArrays().size();
            for (int bits = 8; bits >= 2; bits--) {
                Quantization.changeRecipe(
                        run.model, BitWidths.withBits(LEARNED, bits), run.training(), 1);
                assertThat(run.model.getNDManager().getManagedArrays()).hasSize(before);
            }
        }
    }

    @Test
    void aChangeThatFailsLeavesTheModelAsItWas() throws Exception {
        try (TrainingRun run = new TrainingRun(LEARNED)) {
            List<float[]> before = run.parameters();

            assertThatThrownBy(
                            () ->
                                    Quantization.changeRecipe(
                                            run.model,
                                            BitWidths.withBits(LEARNED, 4),
                                            Networks.data(run.model.getNDManager(), 8, 8, 1),
                                            0))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(run.block.getRecipe()).isEqualTo(LEARNED);
            List<float[]> after = run.parameters();
            for (int i = 0; i < before.size(); i++) {
                assertThat(after.get(i)).isEqualTo(before.get(i));
            }
        }
    }

    @Test
    void schedulesThatAreNotLegalAreRefused() throws Exception {
        try (TrainingRun run = new TrainingRun(LEARNED)) {
            assertThatThrownBy(() -> BitWidthListener.builder(run.training(), 0))
                    .hasMessageContaining("must be at least 1");
            BitWidthListener.Builder builder = BitWidthListener.builder(run.training(), 1);
            assertThatThrownBy(builder::build).hasMessageContaining("at least one change");
            assertThatThrownBy(() -> builder.addBits(0, 4)).hasMessageContaining("after 0 epochs");
            assertThatThrownBy(() -> builder.addBits(1, 9)).hasMessageContaining("from 2 to 8");
            builder.addBits(1, 4);
            assertThatThrownBy(() -> builder.addRecipe(1, LEARNED))
                    .hasMessageContaining("two changes after 1 epochs");
        }
        assertThatThrownBy(() -> BitWidths.withBits(Presets.named("mxfp4"), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mxfp4");
    }
}
