package io.github.djlqat.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.OpCall;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GraphTracerTest {

    static Stream<Arguments> models() {
        Shape image = new Shape(2, 3, 32, 32);
        return Stream.of(
                Arguments.of(
                        Named.of("Mlp", new Mlp(784, 10, new int[] {32, 16})), new Shape(2, 784)),
                Arguments.of(Named.of("LeNet", LeNet.builder().build()), null),
                Arguments.of(
                        Named.of(
                                "ResNetV1",
                                ResNetV1.builder()
                                        .setNumLayers(18)
                                        .setOutSize(10)
                                        .setImageShape(new Shape(3, 32, 32))
                                        .build()),
                        image),
                Arguments.of(
                        Named.of("MobileNetV2", MobileNetV2.builder().setOutSize(10).build()),
                        image),
                Arguments.of(
                        Named.of("SqueezeNet", SqueezeNet.squeezenet(10)), new Shape(2, 3, 64, 64)),
                Arguments.of(
                        Named.of(
                                "LSTM",
                                LSTM.builder()
                                        .setStateSize(5)
                                        .setNumLayers(2)
                                        .optBatchFirst(true)
                                        .build()),
                        new Shape(2, 4, 3)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void interceptionChangesNoBitOfTheForward(Block block, Shape given) {
        Shape shape = given == null ? new Shape(2, 1, 28, 28) : given;
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, shape);
            NDList input = new NDList(manager.randomNormal(shape));
            ParameterStore store = new ParameterStore(manager, false);
            NDArray plain = block.forward(store, input, false).head();
            NDArray wrapped =
                    new InterceptedBlock(block, OpCall::proceed)
                            .forward(store, input, false)
                            .head();
            assertThat(wrapped.toFloatArray()).isEqualTo(plain.toFloatArray());
            Graph graph = GraphTracer.trace(block, manager, input);
            assertThat(graph.outputs().get(0).shape()).isEqualTo(plain.getShape());
        }
    }

    @Test
    void sitesCarryTheNamesOfTheirLayers() {
        Conv2d conv = Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3)).build();
        Linear head = Linear.builder().setUnits(3).build();
        SequentialBlock block =
                new SequentialBlock()
                        .add(conv)
                        .add(BatchNorm.builder().build())
                        .add(LambdaBlock.singleton(x -> x.add(x.getManager().zeros(x.getShape()))))
                        .add(LambdaBlock.singleton(x -> x.getNDArrayInternal().globalAvgPool()))
                        .add(head);
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 8, 8));
            Graph graph =
                    GraphTracer.trace(
                            block, manager, new NDList(manager.ones(new Shape(1, 2, 8, 8))));
            List<String> sites = graph.nodes().stream().map(n -> n.site().toString()).toList();
            assertThat(sites)
                    .containsExactly(
                            "01Conv2d (convolution)",
                            "02BatchNorm (batchNorm)",
                            "zeros",
                            "add",
                            "globalAvgPool",
                            "05Linear (linear)");
            Node add = graph.nodes().get(3);
            assertThat(add.arguments())
                    .containsExactly(
                            new Argument.ValueReference(graph.nodes().get(1).outputs().get(0)),
                            new Argument.ValueReference(graph.nodes().get(2).outputs().get(0)));
        }
    }

    @Test
    void printsOperationsWithShapesAndLines() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(2).build())
                        .add(new FunctionBlock(x -> x.get("0:1, ..., -1").mul(2)));
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 3));
            Graph graph =
                    GraphTracer.trace(block, manager, new NDList(manager.ones(new Shape(4, 3))));
            List<String> lines = graph.toString().lines().toList();
            assertThat(lines.get(0)).isEqualTo("graph(%0: float32(4, 3)) {");
            assertThat(lines.get(1))
                    .startsWith(
                            "  %1: float32(4, 2) = linear(%0, %0, @01Linear_weight, @01Linear_bias)  # 01Linear (linear) at ai.djl.nn.core.Linear.");
            assertThat(lines.get(2))
                    .startsWith("  %2: float32(1) = get(%1, \"0:1, ..., -1\", [])  # get at ")
                    .contains("GraphTracerTest.java:");
            assertThat(lines.get(3)).startsWith("  %3: float32(1) = mul(%2, 2)  # mul at ");
            assertThat(lines.subList(4, lines.size())).containsExactly("  return %3", "}");
        }
    }

    @Test
    void comparisonNamesTheFirstDifference() {
        boolean[] other = {false};
        FunctionBlock block =
                new FunctionBlock(
                        x -> {
                            NDArray y = x.abs();
                            return other[0] ? y.neg().add(1) : y.exp().add(1);
                        });
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2));
            NDList input = new NDList(manager.ones(new Shape(2)));
            Graph first = GraphTracer.trace(block, manager, input);
            assertThat(TraceComparison.difference(first, first)).isEmpty();
            other[0] = true;
            Graph second = GraphTracer.trace(block, manager, input);
            TraceComparison.Difference difference =
                    TraceComparison.difference(first, second).orElseThrow();
            assertThat(difference.place()).startsWith("exp at ").contains("GraphTracerTest.java:");
            assertThat(difference.reason()).startsWith("the other trace runs neg at ");
        }
    }

    @Test
    void refusesWhatItCannotRecord() {
        SequentialBlock writes =
                new SequentialBlock()
                        .add(
                                LambdaBlock.singleton(
                                        x -> {
                                            x.intern(x.add(1));
                                            return x;
                                        }));
        try (NDManager manager = NDManager.newBaseManager()) {
            writes.initialize(manager, DataType.FLOAT32, new Shape(2, 2));
            NDList input = new NDList(manager.ones(new Shape(2, 2)));
            assertThatThrownBy(() -> GraphTracer.trace(writes, manager, input))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("intern")
                    .hasMessageContaining("cannot be recorded");
            NDArray outside = manager.ones(new Shape(2, 2));
            SequentialBlock captured =
                    new SequentialBlock().add(LambdaBlock.singleton(outside::add));
            captured.initialize(manager, DataType.FLOAT32, new Shape(2, 2));
            assertThatThrownBy(() -> GraphTracer.trace(captured, manager, input))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("made outside of the forward pass");
        }
    }
}
