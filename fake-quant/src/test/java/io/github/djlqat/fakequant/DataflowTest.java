package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
import static io.github.djlqat.fakequant.TestBlocks.randomize;
import static io.github.djlqat.fakequant.TestBlocks.trainingStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that run other operations in training than those they were prepared with. */
class DataflowTest {

    private static final Shape SHAPE = new Shape(4, 5);
    private static final Recipe RECIPE =
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

    /** What a block computes from the results of its three layers. */
    @FunctionalInterface
    private interface Body {
        NDArray compute(Layers layers, NDArray x, boolean training);
    }

    private record Layers(ParameterStore store, List<Block> blocks, boolean training) {
        NDArray apply(int layer, NDArray x) {
            return blocks.get(layer).forward(store, new NDList(x), training).singletonOrThrow();
        }
    }

    private static final class Switching extends AbstractBlock {
        private final List<Block> layers = new ArrayList<>();
        private final Body body;

        Switching(Body body) {
            this.body = body;
            for (int i = 0; i < 3; i++) {
                layers.add(addChildBlock("layer", linear(5)));
            }
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            Layers own = new Layers(store, layers, training);
            return new NDList(body.compute(own, inputs.head(), training));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return shapes;
        }

        @Override
        public void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            layers.forEach(layer -> layer.initialize(manager, type, shapes));
        }
    }

    private QuantizedBlock prepare(Body body) {
        Block block = new Switching(body);
        block.initialize(manager, DataType.FLOAT32, SHAPE);
        randomize(block, manager, 1);
        QuantizedBlock prepared = Quantization.prepare(block, manager, RECIPE, SHAPE);
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 2, SHAPE))));
        return prepared;
    }

    /** The results of a training forward, and what every quantizer has observed in it. */
    private Map<String, String> train(QuantizedBlock prepared) {
        trainingStep(prepared, manager, random(manager, 3, SHAPE), 0.01f);
        Map<String, String> seen = new TreeMap<>();
        prepared.getQuantizers()
                .forEach((name, q) -> seen.put(name, q.getObserver().state().toString()));
        return seen;
    }

    private static NDArray plain(Layers layers, NDArray x) {
        NDArray gate = layers.apply(1, x).getNDArrayInternal().sigmoid();
        NDArray product = layers.apply(0, x).getNDArrayInternal().relu().mul(gate);
        return layers.apply(2, product);
    }

    /** Operations in training only that change no number, before, beside and within the plan. */
    static Stream<Named<Body>> harmless() {
        return Stream.of(
                Named.of(
                        "operations that return the array that they are given",
                        (layers, x, training) -> {
                            NDArray gate = layers.apply(1, x).getNDArrayInternal().sigmoid();
                            NDArray y = layers.apply(0, x).getNDArrayInternal().relu();
                            NDArrays.concat(new NDList(gate.toType(DataType.FLOAT32, false)));
                            return layers.apply(2, y.mul(gate));
                        }),
                Named.of(
                        "a product of the input",
                        (layers, x, training) -> plain(layers, training ? x.mul(x.onesLike()) : x)),
                Named.of(
                        "a product in the path of the planned one",
                        (layers, x, training) -> {
                            NDArray gate = layers.apply(1, x).getNDArrayInternal().sigmoid();
                            NDArray y = layers.apply(0, x).getNDArrayInternal().relu();
                            y = training ? y.mul(y.onesLike()) : y;
                            return layers.apply(2, y.mul(gate));
                        }),
                Named.of(
                        "dropout of nothing",
                        (layers, x, training) -> {
                            NDArray gate = layers.apply(1, x).getNDArrayInternal().sigmoid();
                            NDArray y = layers.apply(0, x).getNDArrayInternal().relu();
                            y = training ? Dropout.dropout(y, 0, true).head() : y;
                            return layers.apply(2, y.mul(gate));
                        }),
                Named.of(
                        "products to the side",
                        (layers, x, training) -> {
                            if (training) {
                                NDArray side = x.mul(x);
                                side.add(side.tanh()).mul(x).mean();
                            }
                            return plain(layers, x);
                        }),
                Named.of(
                        "an operation in inference only",
                        (layers, x, training) -> {
                            NDArray y = plain(layers, x);
                            return training ? y.mul(1) : y.add(0);
                        }));
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void operationsOfTrainingOnlyLeaveThePlannedOnesQuantized(Body body) {
        QuantizedBlock expected = prepare((layers, x, training) -> plain(layers, x));
        QuantizedBlock actual = prepare(body);
        assertThat(actual.getQuantizers().keySet())
                .containsExactlyElementsOf(expected.getQuantizers().keySet());
        assertThat(train(actual)).isEqualTo(train(expected));
        NDArray x = random(manager, 4, SHAPE);
        assertThat(eval(actual, manager, x).toFloatArray())
                .isEqualTo(eval(expected, manager, x).toFloatArray());
    }

    @Test
    void anOperationOfTrainingOnlySeesTheRectifiedValues() {
        List<Float> least = new ArrayList<>();
        QuantizedBlock prepared =
                prepare(
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x).getNDArrayInternal().relu();
                            if (training) {
                                least.add(y.mul(3).min().getFloat());
                            }
                            return layers.apply(2, layers.apply(1, y));
                        });
        assertThat(prepared.plan().sites().values()).anyMatch(SitePlan::absorbedRectifier);
        train(prepared);
        assertThat(least).containsExactly(0f);
    }

    @Test
    void aRectifiersResultThatOnlyTrainingReturnsIsRefused() {
        QuantizedBlock prepared =
                prepare(
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x).getNDArrayInternal().relu();
                            NDArray z = layers.apply(1, y);
                            return training ? y : z;
                        });
        assertThatThrownBy(() -> train(prepared))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("(4, 5), of a relu that it did not return");
    }

    /** Bodies of which the plan cannot hold, and what the error names. */
    static Stream<Named<Map.Entry<Body, String>>> changed() {
        return Stream.of(
                change(
                        "another product instead",
                        "mul was planned and did not come, but mul of (01layer (linear), 01layer (linear))",
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x);
                            NDArray gate = layers.apply(1, x).getNDArrayInternal().sigmoid();
                            return layers.apply(2, y.mul(training ? y.tanh().exp() : gate));
                        }),
                change(
                        "the product twice",
                        "[mul] was planned, but mul of (01layer (linear), 02layer (linear)) came 2 times",
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x);
                            NDArray gate = layers.apply(1, x);
                            NDArray once = training ? y.mul(gate).tanh() : y;
                            return layers.apply(2, y.mul(gate)).add(once.mean());
                        }),
                change(
                        "one of two sums of parts",
                        "[add, add#2] were planned, which compute from the same values, but only 1",
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x);
                            NDArray sum = y.mean(new int[] {1}, true).add(y);
                            NDArray other = y.mean(new int[] {0}, true);
                            return layers.apply(
                                    2, training ? sum : layers.apply(1, sum).add(other.add(y)));
                        }),
                change(
                        "a layer once more",
                        "[01layer (linear)] was planned, but linear of (02layer (linear)",
                        (layers, x, training) -> {
                            NDArray y = layers.apply(1, layers.apply(0, x));
                            return layers.apply(2, training ? layers.apply(0, y) : y);
                        }),
                change(
                        "a shared layer of other inputs",
                        "the layer 01layer was planned at [01layer (linear), 01layer#2 (linear)], but came as",
                        (layers, x, training) -> {
                            NDArray y = layers.apply(0, x);
                            NDArray z = training ? layers.apply(0, y.tanh().mean().add(y)) : y;
                            return layers.apply(0, layers.apply(1, z));
                        }));
    }

    private static Named<Map.Entry<Body, String>> change(String name, String message, Body body) {
        return Named.of(name, Map.entry(body, message));
    }

    @ParameterizedTest
    @MethodSource("changed")
    void anotherComputationThanPlannedIsRefused(Map.Entry<Body, String> change) {
        QuantizedBlock prepared = prepare(change.getKey());
        eval(prepared, manager, random(manager, 3, SHAPE));
        assertThatThrownBy(() -> train(prepared))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in another way in training than when it was prepared")
                .hasMessageContaining(change.getValue());
    }

    @Test
    void whatDropoutPassesOnIsQuantized() {
        Recipe recipe =
                RecipeReader.read(
                        "name: test\nweights: {format: int8, narrowRange: true}\nactivations: {format: uint2}",
                        RecipeFormat.YAML);
        Shape shape = new Shape(5, 6);
        float[][] results = new float[2][];
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int i = 0; i < 2; i++) {
                SequentialBlock block = new SequentialBlock().add(TestBlocks.linear(7));
                block.add(Activation.reluBlock());
                if (i == 1) {
                    block.add(Dropout.builder().optRate(0).build());
                }
                block.add(TestBlocks.linear(3));
                block.initialize(manager, DataType.FLOAT32, shape);
                TestBlocks.randomize(block, manager, 4);
                // Nothing is calibrated: the first step observes.
                QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, shape);
                results[i] =
                        prepared.forward(
                                        new ParameterStore(manager, false),
                                        new NDList(TestBlocks.random(manager, 6, shape)),
                                        true)
                                .singletonOrThrow()
                                .toFloatArray();
            }
        }
        assertThat(results[1]).containsExactly(results[0]);
    }
}
