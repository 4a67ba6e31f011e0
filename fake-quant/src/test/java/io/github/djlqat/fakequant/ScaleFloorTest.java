package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learned scales that a step carried below zero come back to where they may be, saved or not. */
class ScaleFloorTest {

    private static final Shape INPUT = new Shape(6, 8);

    private static QuantizedBlock prepared(NDManager manager, Recipe recipe) {
        Block block =
                new SequentialBlock()
                        .add(TestBlocks.linear(12))
                        .add(Activation.reluBlock())
                        .add(TestBlocks.linear(3));
        block.initialize(manager, DataType.FLOAT32, INPUT);
        TestBlocks.randomize(block, manager, 3);
        return Quantization.prepare(block, manager, recipe, INPUT);
    }

    private static float[] train(Block block, NDManager manager, NDArray x) {
        return block.forward(new ParameterStore(manager, false), new NDList(x), true)
                .singletonOrThrow()
                .toFloatArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights: {format: int4, narrowRange: true, observer: mse, learning: lsq}\n"
                        + "activations: {format: uint8, observer: moving-average, learning: lsq}",
                "weights: {format: int4, estimator: lsq-plus}\nactivations: {format: uint4, estimator: lsq-plus}",
                "weights: {format: int4, narrowRange: true}\nactivations: {format: uint4, estimator: pact}",
                "weights: {format: int5, estimator: apot}\nactivations: {format: uint4, estimator: apot}",
                "weights: {format: int4, estimator: learned-bit-width}\n"
                        + "activations: {format: int4, estimator: learned-bit-width}"
            })
    void aSavedModelLiftsToTheSameValues(String tensors) throws Exception {
        Recipe recipe = RecipeReader.read("name: test\n" + tensors, RecipeFormat.YAML);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = TestBlocks.random(manager, 12, INPUT);
            QuantizedBlock trained = prepared(manager, recipe);
            train(trained, manager, x);
            int carried = 0;
            for (Pair<String, Parameter> pair : trained.getParameters()) {
                if (pair.getKey().startsWith("quantization")
                        && pair.getValue().requiresGradient()) {
                    NDArray array = pair.getValue().getArray();
                    array.set(array.sub(3).toFloatArray());
                    carried++;
                }
            }
            assertThat(carried).isPositive();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            trained.saveParameters(new DataOutputStream(bytes));
            QuantizedBlock loaded = prepared(manager, recipe);
            loaded.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            assertThat(train(loaded, manager, x)).containsExactly(train(trained, manager, x));
        }
    }
}
