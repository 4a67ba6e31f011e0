package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.conv;
import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.lambda;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
import static io.github.djlqat.fakequant.TestBlocks.randomize;
import static io.github.djlqat.fakequant.TestBlocks.trainingStep;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.recipe.Position;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where quantizers go, seen in the prepared block and in the graph it converts to. */
class PlanTest {

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

    private QuantizedBlock prepare(Block block, Recipe recipe, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        randomize(block, manager, 1);
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, shape);
        Quantization.calibrate(prepared, manager, List.of(new NDList(random(manager, 2, shape))));
        return prepared;
    }

    private static Set<String> names(QuantizedBlock prepared) {
        return prepared.getQuantizers().keySet();
    }

    @Test
    void aResidualSumQuantizesBothItsInputs() {
        QuantizedBlock prepared =
                prepare(
                        new SequentialBlock()
                                .add(conv(4, true))
                                .add(ConversionTest.residual(conv(4, true)))
                                .add(Activation.reluBlock())
                                .add(conv(2, true)),
                        INT8,
                        IMAGE);
        // The convolution before the sum is read by the branch and by the sum: one quantizer.
        assertThat(names(prepared))
                .containsExactlyInAnyOrder(
                        "01Conv2d_weight",
                        "input0",
                        "02ParallelBlock_01Conv2d_weight",
                        "01Conv2d_convolution",
                        "04Conv2d_weight",
                        "relu",
                        "02ParallelBlock_01Conv2d_convolution");
        ConversionTest.check(prepared, manager, 0.02f);
    }

    @Test
    void joinedArraysShareOneQuantizerAlsoBehindPoolingAndWithoutALayerBehindThem() {
        Block pooled =
                new SequentialBlock()
                        .add(conv(4, true))
                        .add(
                                Pool.maxPool2dBlock(
                                        new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)));
        for (Block last : List.of(conv(2, true), Activation.reluBlock())) {
            pooled.clear();
            QuantizedBlock prepared =
                    prepare(
                            new SequentialBlock()
                                    .add(conv(4, true))
                                    .add(ConversionTest.joined(pooled))
                                    .add(last),
                            INT8,
                            IMAGE);
            Graph graph = Quantization.convert(prepared).graph();
            Node concat = only(graph, "concat");
            assertThat(parameters(graph, concat.arguments().get(0)))
                    .isEqualTo(parameters(graph, concat.arguments().get(1)));
            ConversionTest.check(prepared, manager, 0.02f);
        }
    }

    /** The scale of the values an argument has, through pooling. */
    private static QuantizationParameters parameters(Graph graph, Argument argument) {
        for (Node node : graph.nodes()) {
            if (node.outputs().contains(((Argument.ValueReference) argument).value())) {
                return node.op().equals(Node.FAKE_QUANTIZE)
                        ? (QuantizationParameters)
                                ((Argument.Literal) node.arguments().get(1)).value()
                        : parameters(graph, node.arguments().get(0));
            }
        }
        throw new AssertionError(argument);
    }

    private static Node only(Graph graph, String op) {
        List<Node> found = graph.nodes().stream().filter(n -> n.op().equals(op)).toList();
        assertThat(found).as(op).hasSize(1);
        return found.get(0);
    }

    @Test
    void quantizationMovesAheadOfMaxPooling() {
        QuantizedBlock prepared =
                prepare(
                        new SequentialBlock()
                                .add(conv(4, true))
                                .add(Activation.reluBlock())
                                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                                .add(conv(2, true)),
                        INT8,
                        IMAGE);
        List<String> ops =
                Quantization.convert(prepared).graph().nodes().stream().map(Node::op).toList();
        assertThat(ops)
                .containsExactly(
                        Node.FAKE_QUANTIZE,
                        "convolution",
                        "relu",
                        Node.FAKE_QUANTIZE,
                        "maxPool",
                        "convolution");
    }

    @Test
    void twoFormatsOfOneValueHaveTwoQuantizers() {
        Recipe recipe =
                INT8.withRules(
                        List.of(Rule.at(Position.LAST, Recipes.PER_CHANNEL, Recipes.LSQ_UINT4)));
        Block block =
                new ai.djl.nn.ParallelBlock(
                        outputs -> new NDList(outputs.get(0).head(), outputs.get(1).head()),
                        List.of(linear(3), linear(3)));
        QuantizedBlock prepared = prepare(block, recipe, new Shape(2, 4));
        assertThat(names(prepared)).contains("input0", "input0_uint4");
        assertThat(prepared.getQuantizers().get("input0_uint4").getRecipe())
                .isEqualTo(Recipes.LSQ_UINT4);
    }

    @Test
    void rulesExcludeLayersAndWeightOnlyRecipesLeaveActivationsAlone() {
        Block block = new SequentialBlock().add(linear(4)).add(linear(4)).add(linear(2));
        QuantizedBlock prepared =
                prepare(
                        block,
                        Recipes.of(Recipes.PER_CHANNEL, null, null)
                                .withRules(List.of(Rule.excluding("02*"))),
                        new Shape(2, 4));
        assertThat(names(prepared)).containsExactly("01Linear_weight", "03Linear_weight");
        assertThat(prepared.getQuantizedLayers()).containsExactly("01Linear", "03Linear");
    }

    /** A biased mask of attention, whose range at eight bits leaves nothing of the bias. */
    @Test
    void aRuleKeepsOneAdditionInFloatingPoint() {
        Block block =
                new SequentialBlock()
                        .add(linear(4))
                        .add(
                                lambda(
                                        x -> {
                                            NDArray mask =
                                                    x.getManager().create(new float[] {0, 1, 0, 0});
                                            NDArray bias = x.abs().add(mask.mul(-1e5));
                                            NDArray scores = x.add(bias);
                                            return scores.softmax(-1).add(x);
                                        }))
                        .add(linear(2));
        Shape shape = new Shape(3, 4);
        Rule rule = new Rule("add#2", "add", null, true, null, null);
        QuantizedBlock masked = prepare(block, INT8, shape);
        assertThat(names(masked)).contains("add", "01Linear_linear");
        NDArray x = random(manager, 2, shape);
        NDArray exact = eval(masked.getBlock(), manager, x);
        float ruined = TestBlocks.greatestDifference(eval(masked, manager, x), exact);

        QuantizedBlock ruled = prepare(block, INT8.withRules(List.of(rule)), shape);
        assertThat(names(ruled)).contains("abs", "mul", "softmax").doesNotContain("add");
        float kept = TestBlocks.greatestDifference(eval(ruled, manager, x), exact);
        assertThat(kept).isLessThan(0.02f);
        assertThat(ruined).isGreaterThan(5 * kept);
        ConversionTest.check(ruled, manager, 0.02f);
    }

    @Test
    void attentionOverActivationsStaysInFloatingPoint() {
        Block block =
                new SequentialBlock()
                        .add(linear(4))
                        .add(lambda(x -> x.matMul(x.transpose()).softmax(-1).matMul(x)));
        QuantizedBlock prepared = prepare(block, INT8, new Shape(3, 4));
        assertThat(names(prepared)).containsExactlyInAnyOrder("01Linear_weight", "input0");
    }

    @Test
    void sumsOfIntegersAreLeftAlone() {
        Block block =
                new SequentialBlock()
                        .add(
                                lambda(
                                        x ->
                                                x.argMax(1)
                                                        .add(x.argMin(1))
                                                        .toType(DataType.FLOAT32, false)
                                                        .expandDims(1)))
                        .add(linear(2));
        QuantizedBlock prepared = prepare(block, INT8, new Shape(3, 4));
        assertThat(names(prepared)).hasSize(2).contains("02Linear_weight");
        ConversionTest.check(prepared, manager, 0.02f);
    }

    /** A weight that a linear layer and its decoder share, as tied embeddings do. */
    private static final class Tied extends AbstractBlock {
        private final Parameter weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .build());

        @Override
        protected void prepare(Shape[] inputShapes) {
            weight.setShape(new Shape(3, inputShapes[0].get(1)));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.head();
            NDArray w = store.getValue(weight, x.getDevice(), training);
            NDArray hidden = x.matMul(w.transpose());
            return ai.djl.nn.core.Linear.linear(hidden.matMul(w), w);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return new Shape[] {new Shape(shapes[0].get(0), 3)};
        }
    }

    @Test
    void aSharedWeightHasOneQuantizerWhereItsAxesAgree() {
        Shape shape = new Shape(2, 4);
        Block block = new SequentialBlock().add(new Tied());
        QuantizedBlock prepared =
                prepare(block, Recipes.of(Recipes.PER_TENSOR, Recipes.UINT8, null), shape);
        assertThat(names(prepared).stream().filter(n -> n.contains("weight"))).hasSize(1);
        ConversionTest.check(prepared, manager, 0.02f);
        trainingStep(prepared, manager, random(manager, 3, shape), 0.01f);
        ConversionTest.check(prepared, manager, 0.02f);
    }

    @Test
    void aLayerWithAComputedFactorIsNotFolded() {
        Block block =
                new SequentialBlock()
                        .add(lambda(x -> x.mul(2)))
                        .add(linear(3))
                        .add(lambda(x -> x.tanh()))
                        .add(BatchNorm.builder().build());
        QuantizedBlock prepared =
                prepare(block, Recipes.of(Recipes.PER_CHANNEL, null, null), new Shape(2, 4));
        assertThat(Quantization.convert(prepared).graph().nodes().stream().map(Node::op).toList())
                .containsExactly("mul", "linear", "tanh", "batchNorm");
    }

    @Test
    void aSumInPlaceIsSeenByLaterUsesOfItsArray() {
        Block inPlace = new SequentialBlock().add(new Sums(true)).add(linear(2));
        Block pure = new SequentialBlock().add(new Sums(false)).add(linear(2));
        Shape shape = new Shape(3, 4);
        QuantizedBlock one = prepare(inPlace, INT8, shape);
        QuantizedBlock other = prepare(pure, INT8, shape);
        NDArray x = random(manager, 4, shape);
        assertThat(eval(one, manager, x).toFloatArray())
                .isEqualTo(eval(other, manager, x).toFloatArray());
        ConversionTest.check(one, manager, 0.02f);
        trainingStep(one, manager, x, 0.01f);
        trainingStep(other, manager, x, 0.01f);
        for (int i = 0; i < one.getBlock().getParameters().size(); i++) {
            assertThat(one.getBlock().getParameters().valueAt(i).getArray().toFloatArray())
                    .containsExactly(
                            other.getBlock().getParameters().valueAt(i).getArray().toFloatArray(),
                            org.assertj.core.data.Offset.offset(1e-5f));
        }
    }

    /** Reads an array by a layer, adds to it, and reads it again. */
    private static final class Sums extends AbstractBlock {
        private final boolean inPlace;
        private final Block first = addChildBlock("first", linear(4));
        private final Block branch = addChildBlock("branch", linear(4));
        private final Block after = addChildBlock("after", linear(4));

        Sums(boolean inPlace) {
            this.inPlace = inPlace;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDList x = first.forward(store, inputs, training);
            NDArray sum = x.head();
            NDArray b = branch.forward(store, x, training).head();
            if (inPlace) {
                sum.addi(b);
            } else {
                sum = sum.add(b);
            }
            // A rectified copy that outlives a change of what it was made from.
            NDArray rectified = ai.djl.nn.Activation.relu(b);
            if (inPlace) {
                b.addi(sum);
            } else {
                b = b.add(sum);
            }
            sum = sum.add(rectified).add(b);
            NDArray c = after.forward(store, new NDList(sum), training).head();
            return new NDList(sum.mul(3).add(c));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return shapes;
        }

        @Override
        public void initializeChildBlocks(
                NDManager manager, DataType dataType, Shape... inputShapes) {
            getChildren().values().forEach(c -> c.initialize(manager, dataType, inputShapes));
        }
    }

    /** A block that does with integers what it cannot do with floats. */
    @Test
    void inputsOfIntegersAreTracedAsSuch() {
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block = new SequentialBlock().add(new OfIntegers()).add(linear(3));
            NDList inputs = new NDList(manager.ones(new Shape(7, 5), DataType.INT64));
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named("int8"), inputs);
            Quantization.calibrate(prepared, manager, List.of(inputs));
            List<Graph> graphs = Quantization.convert(prepared).graphs();
            assertThat(graphs).hasSize(2);
            for (int batch = 1; batch <= 2; batch++) {
                Value input = graphs.get(batch - 1).inputs().get(0);
                assertThat(input.dataType()).isEqualTo(DataType.INT64);
                assertThat(input.shape()).isEqualTo(new Shape(batch, 5));
            }
        }
    }

    private static final class OfIntegers extends AbstractBlock {

        @Override
        protected NDList forwardInternal(
                ParameterStore parameters,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            if (x.getDataType() != DataType.INT64) {
                throw new IllegalArgumentException("Tokens are INT64, not " + x.getDataType());
            }
            return new NDList(x.toType(DataType.FLOAT32, true));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
