package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.convolutional;
import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.lambda;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
import static io.github.djlqat.fakequant.TestBlocks.trainingStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.ArrayDataset;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.scheme.Granularity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad input is one exception that says what is wrong, and leaves everything as it was. */
class BadInputTest {

    private static final Shape IMAGE = new Shape(2, 2, 6, 6);
    private static final Recipe INT8 =
            Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, Recipes.UINT8);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private QuantizedBlock prepared() {
        return Quantization.prepare(convolutional(), manager, INT8, IMAGE);
    }

    @Test
    void inputsWithoutSamplesAreRefused() {
        assertThatThrownBy(() -> Quantization.prepare(linear(3), manager, INT8, new Shape()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("counts samples");
    }

    private static byte[] saved(Block block) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static void assertSame(byte[] actual, byte[] expected, String what) {
        assertThat(Arrays.mismatch(actual, expected)).as(what).isEqualTo(-1);
    }

    private void load(Block block, byte[] bytes) throws IOException, MalformedModelException {
        block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    @Test
    void anEmptyCalibrationSet() throws IOException {
        QuantizedBlock prepared = prepared();
        byte[] before = saved(prepared);
        assertThatThrownBy(() -> Quantization.calibrate(prepared, manager, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("calibration set is empty");
        assertSame(saved(prepared), before, "unchanged");
    }

    @Test
    void noCalibrationBatches() throws IOException {
        try (Model model = Model.newInstance("m")) {
            model.setBlock(convolutional());
            Quantization.prepare(model, INT8, IMAGE);
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(random(manager, 1, IMAGE))
                            .setSampling(1, false)
                            .build();
            assertThatThrownBy(() -> Quantization.calibrate(model, data, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is 0");
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void calibrationInputsThatAreNotFinite(float bad) throws IOException {
        QuantizedBlock prepared = prepared();
        byte[] before = saved(prepared);
        NDArray input = random(manager, 1, IMAGE);
        NDArray second = random(manager, 2, IMAGE);
        second.set(new ai.djl.ndarray.index.NDIndex("0, 0, 0, 0"), bad);
        assertThatThrownBy(
                        () ->
                                Quantization.calibrate(
                                        prepared,
                                        manager,
                                        List.of(new NDList(input), new NDList(second))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01Conv2d")
                .hasMessageContaining("input0");
        assertSame(saved(prepared), before, "unchanged");
        assertThat(prepared.getQuantizers().get("input0").isCalibrated()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void weightsThatAreNotFinite(float bad) {
        Block block = convolutional();
        block.initialize(manager, DataType.FLOAT32, IMAGE);
        NDArray weight = block.getParameters().get("04Conv2d_weight").getArray();
        weight.set(new ai.djl.ndarray.index.NDIndex("1, 0, 0, 0"), bad);
        assertThatThrownBy(() -> Quantization.prepare(block, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("04Conv2d_weight")
                .hasMessageContaining(Float.toString(bad));
    }

    @Test
    void weightsThatBecomeNotFiniteCannotBeConverted() {
        QuantizedBlock prepared = prepared();
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 1, IMAGE))));
        NDArray gamma = prepared.getParameters().get("02BatchNorm_gamma").getArray();
        gamma.set(new ai.djl.ndarray.index.NDIndex("3"), Float.NaN);
        assertThatThrownBy(() -> Quantization.convert(prepared))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("02BatchNorm_gamma")
                .hasMessageContaining("NaN at element 3");
    }

    @Test
    void trainingInputsThatAreNotFinite() throws IOException {
        QuantizedBlock prepared = prepared();
        trainingStep(prepared, manager, random(manager, 1, IMAGE), 0);
        float scale =
                prepared.getQuantizers().get("input0").getQuantizationParameters().scales()[0];
        NDArray bad = manager.full(IMAGE, Float.NaN);
        assertThatThrownBy(
                        () ->
                                prepared.forward(
                                        new ParameterStore(manager, false), new NDList(bad), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input0");
        assertThat(prepared.getQuantizers().get("input0").getQuantizationParameters().scales())
                .containsExactly(scale);
    }

    @Test
    void aRecipeThatMatchesNothing() {
        Block block = convolutional();
        assertThatThrownBy(
                        () ->
                                Quantization.prepare(
                                        block,
                                        manager,
                                        INT8.withRules(List.of(Rule.excluding("*"))),
                                        IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01Conv2d, 04Conv2d, 09Linear");
        assertThat(block.isInitialized()).isFalse();
    }

    @Test
    void aLayerThatCannotBeGrouped() {
        Block block = convolutional();
        Recipe grouped =
                Recipes.of(
                        Recipes.PER_CHANNEL.withGranularity(new Granularity.PerGroup(1, 3)),
                        null,
                        null);
        assertThatThrownBy(() -> Quantization.prepare(block, manager, grouped, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01Conv2d_weight")
                .hasMessageContaining("group size 3")
                .hasMessageContaining("Exclude the layer");
        assertThat(block.isInitialized()).isFalse();
    }

    @Test
    void aModelWithoutLayers() {
        Block block = new SequentialBlock().add(lambda(x -> x.mul(2).exp()));
        assertThatThrownBy(() -> Quantization.prepare(block, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no layer to quantize")
                .hasMessageContaining("mul, exp");
    }

    @Test
    void aNestedTorchScriptBlock() {
        Block script = SymbolBlock.newInstance(manager);
        Block block = new SequentialBlock().add(linear(3)).add(script);
        assertThatThrownBy(() -> Quantization.prepare(block, manager, INT8, new Shape(1, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("02PtSymbolBlock")
                .hasMessageContaining("inside the engine");
        assertThatThrownBy(() -> Quantization.prepare(script, manager, INT8, new Shape(1, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The model is a PtSymbolBlock");
    }

    @Test
    void whatQuantizesAlready() {
        QuantizedBlock prepared = prepared();
        assertThatThrownBy(() -> Quantization.prepare(prepared, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prepared already");
        Block nested = new SequentialBlock().add(prepared).add(linear(2));
        assertThatThrownBy(() -> Quantization.prepare(nested, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01QuantizedBlock");
        Block byHand =
                new SequentialBlock()
                        .add(FakeQuantize.builder(Recipes.UINT8).build())
                        .add(linear(2));
        assertThatThrownBy(() -> Quantization.prepare(byHand, manager, INT8, new Shape(2, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("01FakeQuantize");
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 1, IMAGE))));
        Block converted = Quantization.convert(prepared).block();
        assertThatThrownBy(() -> Quantization.prepare(converted, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("converted already");
    }

    @Test
    void conversionAndUseBeforeCalibration() {
        QuantizedBlock prepared = prepared();
        assertThatThrownBy(() -> Quantization.convert(prepared))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("input0")
                .hasMessageContaining("calibrate");
        NDArray input = random(manager, 1, IMAGE);
        assertThatThrownBy(() -> eval(prepared, manager, input))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("input0");
    }

    @Test
    void trainingAConvertedBlock() {
        QuantizedBlock prepared = prepared();
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 1, IMAGE))));
        Block converted = Quantization.convert(prepared).block();
        NDList input = new NDList(random(manager, 1, IMAGE));
        ParameterStore store = new ParameterStore(manager, false);
        assertThatThrownBy(() -> converted.forward(store, input, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getPrepared()");
        assertThatThrownBy(() -> converted.forward(store, input, new NDList(), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getPrepared()");
    }

    @Test
    void theModelIsInTheWrongState() throws IOException {
        try (Model model = Model.newInstance("m")) {
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(random(manager, 1, IMAGE))
                            .setSampling(1, false)
                            .build();
            assertThatThrownBy(() -> Quantization.prepare(model, INT8, IMAGE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no block");
            model.setBlock(convolutional());
            assertThatThrownBy(() -> Quantization.calibrate(model, data, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not prepared");
            assertThatThrownBy(() -> Quantization.convert(model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not prepared");
            Quantization.prepare(model, Recipes.of(Recipes.PER_CHANNEL, null, null), IMAGE);
            Quantization.convert(model);
            assertThatThrownBy(() -> Quantization.convert(model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("converted already");
        }
        assertThatThrownBy(() -> Quantization.prepare((Block) null, manager, INT8, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> Quantization.prepare(convolutional(), manager, INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shape of at least one input");
    }

    @Test
    void inputsOfAnotherShapeThanPrepared() {
        QuantizedBlock prepared = prepared();
        trainingStep(prepared, manager, random(manager, 1, IMAGE), 0);
        NDList wrong = new NDList(random(manager, 1, new Shape(2, 5, 6, 6)));
        assertThatThrownBy(() -> prepared.forward(new ParameterStore(manager, false), wrong, true))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("channels");
    }

    @Test
    void filesOfOtherModelsAndFilesThatEndEarly() throws Exception {
        QuantizedBlock prepared = prepared();
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 1, IMAGE))));
        byte[] before = saved(prepared);
        int plain = saved(prepared.getBlock()).length;

        QuantizedBlock other =
                Quantization.prepare(
                        convolutional(), manager, Presets.named("int8-weight-only"), IMAGE);
        byte[] otherRecipe = saved(other);
        assertThatThrownBy(() -> load(prepared, otherRecipe))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("quantizers");
        assertSame(saved(prepared), before, "unchanged");

        QuantizedBlock signed =
                Quantization.prepare(
                        convolutional(),
                        manager,
                        Recipes.of(Recipes.FULL_RANGE, Recipes.UINT8, Recipes.UINT8),
                        IMAGE);
        byte[] otherFormat = saved(signed);
        assertThatThrownBy(() -> load(prepared, otherFormat))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("01Conv2d_weight");
        assertSame(saved(prepared), before, "unchanged");

        Block wider = convolutional();
        wider.initialize(manager, DataType.FLOAT32, new Shape(2, 7, 6, 6));
        byte[] otherShape = saved(wider);
        assertThatThrownBy(() -> load(prepared, otherShape))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("01Conv2d_weight")
                .hasMessageContaining("(8, 7, 3, 3)");
        assertSame(saved(prepared), before, "unchanged");

        // Another model's values, so that a half-loaded file would show.
        QuantizedBlock trained = prepared();
        Quantization.calibrate(trained, manager, List.of(new NDList(random(manager, 9, IMAGE))));
        byte[] whole = saved(trained);
        for (int length :
                new int[] {
                    0,
                    1,
                    200,
                    plain / 2,
                    plain - 1,
                    plain + 1,
                    plain + 3,
                    plain + 4,
                    plain + 20,
                    whole.length - 300,
                    whole.length - 1
                }) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> load(prepared, part))
                    .as("%s of %s bytes", length, whole.length)
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessageContaining("end");
            assertSame(saved(prepared), before, "after " + length + " bytes");
        }
        load(prepared, whole);
        assertSame(saved(prepared), whole, "loaded");
    }
}
