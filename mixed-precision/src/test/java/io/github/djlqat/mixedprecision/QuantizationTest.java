package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Fake quantization within autocasting: two interceptors, one within the other. */
class QuantizationTest {

    private static final Shape DATA = new Shape(16, 6);
    private static final Shape LABELS = new Shape(16, 3);

    @ParameterizedTest
    @CsvSource({"BFLOAT16, SIMULATED", "BFLOAT16, NATIVE", "FLOAT16, SIMULATED"})
    void trainsAQuantizedModel(Precision precision, Computation computation) {
        float[] single = train(MixedPrecision.of(Precision.FLOAT32));
        float[] low =
                train(
                        MixedPrecision.builder()
                                .optAutocast(
                                        Autocast.builder()
                                                .setPrecision(precision)
                                                .optComputation(computation)
                                                .build())
                                .build());
        assertThat(low).isNotEqualTo(single);
        assertThat(single[59]).isLessThan(0.5f * single[0]);
        assertThat(low[0]).isCloseTo(single[0], within(0.02f * single[0]));
        assertThat(low[59]).isCloseTo(single[59], within(0.15f * single[59]));
    }

    private static float[] train(MixedPrecision settings) {
        Random random = new Random(80);
        float[] data = Training.normal(random, 96, 1);
        float[] labels = Training.normal(random, 48, 1);
        float[] losses = new float[60];
        try (Model model = quantized(81, data);
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                Training.config(
                                        Loss.l2Loss(),
                                        Optimizer.adam()
                                                .optLearningRateTracker(Tracker.fixed(0.01f))
                                                .build()),
                                settings)) {
            trainer.initialize(DATA);
            for (int i = 0; i < losses.length; i++) {
                losses[i] = Training.step(trainer, data, DATA, labels, LABELS);
            }
        }
        return losses;
    }

    /** What reaches the product are quantized values, rounded to BF16 after that. */
    @ParameterizedTest
    @CsvSource({"SIMULATED", "NATIVE"})
    void castsQuantizedValues(Computation computation) {
        float[] data = Training.normal(new Random(83), 96, 1);
        Autocast settings =
                Autocast.builder()
                        .setPrecision(Precision.BFLOAT16)
                        .optComputation(computation)
                        .build();
        try (Model model = quantized(82, data);
                NDManager manager = model.getNDManager().newSubManager();
                AutocastBlock autocast = new AutocastBlock(model.getBlock(), settings, manager)) {
            NDList x = new NDList(manager.create(data, DATA));
            ParameterStore store = new ParameterStore(manager, false);
            float[] single = model.getBlock().forward(store, x, true).head().toFloatArray();
            float[] low = autocast.forward(store, x, true).head().toFloatArray();
            assertThat(low).isNotEqualTo(single);
            for (int i = 0; i < low.length; i++) {
                assertThat(Float.floatToRawIntBits(low[i]) & 0xFFFF).isZero();
                assertThat(low[i]).isCloseTo(single[i], within(0.05f));
            }
        }
    }

    /** Codes are multiplied and summed exactly, whatever precision the model around them has. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BFLOAT16", "FLOAT16", "TF32", "FLOAT8"})
    void leavesIntegerInferenceAlone(Precision precision) {
        float[] data = Training.normal(new Random(84), 96, 1);
        try (Model model = quantized(85, data);
                NDManager manager = model.getNDManager().newSubManager();
                AutocastBlock autocast =
                        new AutocastBlock(model.getBlock(), Autocast.of(precision), manager)) {
            NDList x = new NDList(manager.create(data, DATA));
            ParameterStore store = new ParameterStore(manager, false);
            float[] exact = model.getBlock().forward(store, x, false).head().toFloatArray();
            assertThat(autocast.forward(store, x, false).head().toFloatArray()).isEqualTo(exact);
        }
    }

    private static Model quantized(long seed, float[] data) {
        Model model = Training.model(Training.mlp(8, 3));
        NDManager manager = model.getNDManager();
        Block block = model.getBlock();
        block.initialize(manager, DataType.FLOAT32, DATA);
        Random random = new Random(seed);
        block.getParameters()
                .forEach(
                        pair -> {
                            NDArray array = pair.getValue().getArray();
                            array.set(Training.normal(random, (int) array.size(), 0.5f));
                        });
        QuantizedBlock prepared = Quantization.prepare(model, Presets.named("w8a8"), DATA);
        Quantization.calibrate(prepared, manager, List.of(new NDList(manager.create(data, DATA))));
        return model;
    }
}
