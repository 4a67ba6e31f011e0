package io.github.djlqat.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.util.Pair;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphRunner;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.graph.Node;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphPassTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Graph trace(UnaryOperator<NDArray> function) {
        SequentialBlock block = new SequentialBlock().add(LambdaBlock.singleton(function::apply));
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        return GraphTracer.trace(block, manager, new NDList(input(2, 3)));
    }

    private NDArray input(long... dims) {
        Random random = new Random(7);
        float[] data = new float[Math.toIntExact(new Shape(dims).size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return manager.create(data, new Shape(dims));
    }

    private static List<String> ops(Graph graph) {
        return graph.nodes().stream().map(Node::op).toList();
    }

    private void assertComputesTheSame(Graph changed, Graph graph, NDArray input, float tolerance) {
        int before = manager.getManagedArrays().size();
        NDArray expected = GraphRunner.run(graph, manager, new NDList(input)).head();
        NDArray actual = GraphRunner.run(changed, manager, new NDList(input)).head();
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(manager.getManagedArrays()).hasSize(before + 2);
        float range = expected.max().sub(expected.min()).getFloat();
        assertThat(actual.sub(expected).abs().max().getFloat())
                .isLessThanOrEqualTo(tolerance * range);
    }

    @Test
    void deadCodeKeepsWhatOutputsNeed() {
        Graph graph =
                trace(
                        x -> {
                            NDArray unused = x.exp().add(1);
                            assertThat(unused.getShape()).isEqualTo(x.getShape());
                            return x.split(3, 1).get(2).neg();
                        });
        Graph changed = new DeadCode().apply(graph);
        assertThat(ops(graph)).containsExactly("exp", "add", "split", "neg");
        assertThat(ops(changed)).containsExactly("split", "neg");
        assertComputesTheSame(changed, graph, input(2, 3), 0);
    }

    @Test
    void equalExpressionsAreComputedOnce() {
        Graph graph =
                trace(
                        x -> {
                            NDArray first = x.get(":, 1:").add(2).exp();
                            NDArray second = x.get(":, 1:").add(2).exp();
                            NDArray other = x.get(":, :2").add(2).exp();
                            return first.mul(second).add(other);
                        });
        Graph changed = new CommonSubexpressions().apply(graph);
        assertThat(ops(changed))
                .containsExactly("get", "add", "exp", "get", "add", "exp", "mul", "add");
        assertComputesTheSame(changed, graph, input(2, 3), 0);
    }

    @Test
    void randomNumbersAreDrawnEachTime() {
        Graph graph =
                trace(
                        x ->
                                x.getManager()
                                        .randomUniform(0, 1, new Shape(3))
                                        .add(x.getManager().randomUniform(0, 1, new Shape(3)))
                                        .add(x));
        assertThat(new CommonSubexpressions().apply(graph)).isEqualTo(graph);
        assertThat(new ConstantFolding(manager).apply(graph)).isEqualTo(graph);
    }

    @Test
    void whatDependsOnConstantsIsFolded() {
        Graph graph =
                trace(
                        x -> {
                            NDArray steps = x.getManager().arange(6f).reshape(2, 3);
                            steps.get(0).muli(10);
                            return x.add(steps.sub(1).exp().log());
                        });
        int before = manager.getManagedArrays().size();
        Graph changed = new ConstantFolding(manager).apply(graph);
        assertThat(manager.getManagedArrays()).hasSize(before);
        assertThat(ops(changed)).containsExactly("add");
        Argument.Constant constant = (Argument.Constant) changed.nodes().get(0).arguments().get(1);
        assertThat((float[]) constant.data())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(-1, 9, 19, 2, 3, 4);
        assertComputesTheSame(changed, graph, input(2, 3), 0);
    }

    @Test
    void passesFollowEachOther() {
        Graph graph =
                trace(
                        x -> {
                            NDArray dead = x.add(x.getManager().ones(new Shape(3)));
                            assertThat(dead.size()).isEqualTo(6);
                            return x.neg().add(x.neg());
                        });
        Graph changed = new CommonSubexpressions().then(new DeadCode()).apply(graph);
        assertThat(ops(changed)).containsExactly("neg", "add");
    }

    @Test
    void batchNormsVanishIntoTheLayersBeforeThem() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setFilters(4)
                                        .setKernelShape(new Shape(3, 3))
                                        .optBias(false)
                                        .build())
                        .add(BatchNorm.builder().build())
                        .add(LambdaBlock.singleton(x -> x.getNDArrayInternal().globalAvgPool()))
                        .add(Linear.builder().setUnits(5).build())
                        .add(BatchNorm.builder().optScale(false).build())
                        .add(BatchNorm.builder().optCenter(false).build());
        Graph graph = traced(block, new Shape(2, 3, 8, 8));
        Graph changed = new BatchNormFolding().apply(graph);
        assertThat(ops(changed)).containsExactly("convolution", "globalAvgPool", "linear");
        assertComputesTheSame(changed, graph, input(2, 3, 8, 8), 1e-5f);
    }

    @Test
    void aLayerThatOthersReadKeepsItsBatchNorm() {
        Linear linear = Linear.builder().setUnits(3).build();
        BatchNorm norm = BatchNorm.builder().build();
        SequentialBlock block =
                new SequentialBlock()
                        .add(linear)
                        .add(
                                new ai.djl.nn.ParallelBlock(
                                        lists ->
                                                new NDList(
                                                        lists.get(0)
                                                                .head()
                                                                .add(lists.get(1).head())),
                                        List.of(norm, ai.djl.nn.Blocks.identityBlock())));
        Graph graph = traced(block, new Shape(2, 3));
        assertThat(new BatchNormFolding().apply(graph)).isEqualTo(graph);
    }

    @Test
    void networksComputeTheSameWithoutTheirBatchNorms() {
        Shape shape = new Shape(1, 3, 32, 32);
        List<Block> networks =
                List.of(
                        ResNetV1.builder()
                                .setNumLayers(18)
                                .setOutSize(10)
                                .setImageShape(new Shape(3, 32, 32))
                                .build(),
                        MobileNetV2.builder().setOutSize(10).build());
        for (Block network : networks) {
            Graph graph = traced(network, shape);
            Graph changed =
                    new BatchNormFolding()
                            .then(new ConstantFolding(manager))
                            .then(new CommonSubexpressions())
                            .then(new DeadCode())
                            .apply(graph);
            assertThat(ops(graph)).contains("batchNorm");
            assertThat(ops(changed)).doesNotContain("batchNorm");
            assertComputesTheSame(changed, graph, input(1, 3, 32, 32), 1e-4f);
        }
    }

    private Graph traced(Block block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        Random random = new Random(5);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray array = pair.getValue().getArray();
            boolean norm = !pair.getKey().endsWith("weight");
            float[] data = array.toFloatArray();
            for (int i = 0; norm && i < data.length; i++) {
                data[i] = 0.5f + random.nextFloat();
            }
            array.set(data);
        }
        return GraphTracer.trace(block, manager, new NDList(input(shape.getShape())));
    }
}
