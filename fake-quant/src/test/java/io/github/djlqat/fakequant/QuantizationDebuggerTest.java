package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationDebuggerTest {

    private static final Shape IMAGE = new Shape(1, 2, 6, 6);
    private static final Shape VECTOR = new Shape(1, 5);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** What a run tells, by the name of the operation. */
    private record Heard(
            Map<String, float[]> exact,
            Map<String, float[]> quantized,
            Map<String, float[]> activations,
            Map<String, QuantizedOperation> operations) {}

    private QuantizedBlock prepared(Block block, Recipe recipe, Shape shape, NDArray data) {
        block.initialize(manager, DataType.FLOAT32, shape);
        TestBlocks.randomize(block, manager, 7);
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, shape);
        Quantization.calibrate(prepared, manager, List.of(new NDList(data)));
        return prepared;
    }

    private Heard hear(QuantizedBlock block, NDArray data) {
        Heard heard =
                new Heard(
                        new LinkedHashMap<>(),
                        new LinkedHashMap<>(),
                        new LinkedHashMap<>(),
                        new LinkedHashMap<>());
        new QuantizationDebugger(block)
                .run(
                        manager,
                        new NDList(data),
                        new QuantizationDebugger.Listener() {
                            @Override
                            public void activation(
                                    QuantizedOperation operation,
                                    QuantizedArgument argument,
                                    NDArray values) {
                                heard.activations.put(argument.getName(), values.toFloatArray());
                            }

                            @Override
                            public void output(
                                    QuantizedOperation operation,
                                    NDArray exact,
                                    NDArray quantized) {
                                assertThat(quantized.getShape()).isEqualTo(exact.getShape());
                                heard.exact.put(operation.name(), exact.toFloatArray());
                                heard.quantized.put(operation.name(), quantized.toFloatArray());
                                heard.operations.put(operation.name(), operation);
                            }
                        });
        return heard;
    }

    @Test
    void aLinearLayerIsComparedAsAScalarTwinComputesIt() {
        Block layer = TestBlocks.linear(3);
        NDArray data = TestBlocks.random(manager, 3, new Shape(4, 5));
        Recipe recipe = Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, null);
        QuantizedBlock block = prepared(layer, recipe, VECTOR, data);
        Heard heard = hear(block, data);

        QuantizedOperation operation = heard.operations.values().iterator().next();
        QuantizedArgument input = operation.arguments().get(0);
        QuantizedArgument weight = operation.arguments().get(1);
        float[] w = layer.getParameters().valueAt(0).getArray().toFloatArray();
        float[] b = layer.getParameters().valueAt(1).getArray().toFloatArray();
        float[] x = data.toFloatArray();
        assertThat(heard.activations.get(input.getName())).containsExactly(x);
        assertThat(weight.weightValues().exact()).containsExactly(w);
        float[] exact = heard.exact.get(operation.name());
        float[] quantized = heard.quantized.get(operation.name());
        for (int row = 0; row < 4; row++) {
            for (int unit = 0; unit < 3; unit++) {
                double full = b[unit];
                double rounded = b[unit];
                for (int i = 0; i < 5; i++) {
                    full += (double) x[5 * row + i] * w[5 * unit + i];
                    rounded +=
                            rounded(input, 0, x[5 * row + i])
                                    * rounded(weight, unit, w[5 * unit + i]);
                }
                assertThat((double) exact[3 * row + unit]).isCloseTo(full, within(1e-5));
                assertThat((double) quantized[3 * row + unit]).isCloseTo(rounded, within(1e-4));
            }
        }
    }

    private static double rounded(QuantizedArgument argument, int channel, double value) {
        QuantizationParameters parameters = argument.getQuantizationParameters().orElseThrow();
        double scale = parameters.scales()[channel];
        int zero = parameters.zeroPoints()[channel];
        double code = Math.rint(value / scale) + zero;
        double clamped =
                Math.min(
                        Math.max(code, parameters.scheme().format().qmin()),
                        parameters.scheme().format().qmax());
        return (clamped - zero) * scale;
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "w4a4", "int8-weight-only", "fp8-e4m3", "mxfp8", "bf16"})
    void theRunComputesWhatTheModelComputes(String preset) {
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 2, 6, 6));
        QuantizedBlock block =
                prepared(TestBlocks.convolutional(), Presets.named(preset), IMAGE, data);
        float[] expected = TestBlocks.eval(block, manager, data).toFloatArray();
        Heard heard = hear(block, data);
        List<String> names = new ArrayList<>(heard.quantized.keySet());
        assertThat(names).containsSubsequence(block.getQuantizedLayers());
        assertThat(heard.quantized.get(names.get(names.size() - 1))).isEqualTo(expected);
        for (String name : block.getQuantizedLayers()) {
            assertThat(heard.quantized.get(name)).as(name).isNotEqualTo(heard.exact.get(name));
            double sqnr = sqnr(heard.exact.get(name), heard.quantized.get(name));
            assertThat(sqnr).as(name).isBetween(5.0, 70.0);
        }
    }

    private static double sqnr(float[] exact, float[] quantized) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < exact.length; i++) {
            signal += (double) exact[i] * exact[i];
            noise += Math.pow((double) exact[i] - quantized[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }

    @Test
    void aLayerWithAFoldedBatchNormIsComparedBehindIt() {
        SequentialBlock network = TestBlocks.convolutional();
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 2, 6, 6));
        QuantizedBlock block = prepared(network, Presets.named("int8"), IMAGE, data);
        Heard heard = hear(block, data);
        String first = block.getQuantizedLayers().get(0);
        NDArray convolved = TestBlocks.eval(network.getChildren().valueAt(0), manager, data);
        NDArray normalized = TestBlocks.eval(network.getChildren().valueAt(1), manager, convolved);
        assertThat(heard.exact.get(first)).isEqualTo(normalized.toFloatArray());
    }

    @Test
    void aWeightThatIsTransposedOnItsWayIsComparedAtItsProduct() {
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 5));
        TransposedProduct product = new TransposedProduct(5, 3);
        QuantizedBlock block = prepared(product, Presets.named("int8-weight-only"), VECTOR, data);
        Heard heard = hear(block, data);
        float[] expected = TestBlocks.eval(product, manager, data).toFloatArray();
        assertThat(heard.exact.values()).singleElement().isEqualTo(expected);
        float[] quantized = TestBlocks.eval(block, manager, data).toFloatArray();
        assertThat(heard.quantized.values()).singleElement().isEqualTo(quantized);
        assertThat(quantized).isNotEqualTo(expected);
    }

    @Test
    void manyRunsLeaveNothingBehind() {
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 2, 6, 6));
        QuantizedBlock block =
                prepared(TestBlocks.convolutional(), Presets.named("w4a4"), IMAGE, data);
        QuantizationDebugger debugger = new QuantizationDebugger(block);
        debugger.run(manager, new NDList(data), (operation, exact, quantized) -> {});
        int arrays = manager.getManagedArrays().size();
        for (int i = 0; i < 20; i++) {
            debugger.run(manager, new NDList(data), (operation, exact, quantized) -> {});
        }
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    @Test
    void anUncalibratedModelIsRefusedByName() {
        Block layer = TestBlocks.linear(3);
        layer.initialize(manager, DataType.FLOAT32, VECTOR);
        QuantizedBlock block = Quantization.prepare(layer, manager, Presets.named("int8"), VECTOR);
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 5));
        assertThatThrownBy(() -> hear(block, data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has seen no data");
    }

    @Test
    void theOptionsOfTrainingDoNotMatter() {
        NDArray data = TestBlocks.random(manager, 5, new Shape(4, 5));
        Recipe recipe = Presets.named("int8").withTraining(new TrainingOptions(true, 5, 5));
        QuantizedBlock block = prepared(TestBlocks.linear(3), recipe, VECTOR, data);
        assertThat(hear(block, data).exact).hasSize(1);
        assertThat(block.getSteps()).isZero();
    }
}
