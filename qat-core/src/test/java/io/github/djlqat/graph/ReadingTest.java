package io.github.djlqat.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that a model reads in Java while it is recorded. */
class ReadingTest {

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
        return trace(new FunctionBlock(function));
    }

    private Graph trace(Block block) {
        SequentialBlock model = new SequentialBlock().add(block);
        model.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        return GraphTracer.trace(model, manager, new NDList(manager.ones(new Shape(2, 3))));
    }

    private static Arguments reader(String name, Consumer<NDArray> reader) {
        return Arguments.of(name, reader);
    }

    static Stream<Arguments> readers() {
        return Stream.of(
                reader("toArray", NDArray::toArray),
                reader("toFloatArray", NDArray::toFloatArray),
                reader("toDoubleArray", NDArray::toDoubleArray),
                reader("toIntArray", NDArray::toIntArray),
                reader("toLongArray", NDArray::toLongArray),
                reader("toBooleanArray", NDArray::toBooleanArray),
                reader("toByteArray", NDArray::toByteArray),
                reader("toUint8Array", NDArray::toUint8Array),
                reader("toShortArray", NDArray::toShortArray),
                reader("toStringArray", x -> x.toStringArray(StandardCharsets.UTF_8)),
                reader("toByteBuffer", NDArray::toByteBuffer),
                reader("encode", NDArray::encode),
                reader("getFloat", x -> x.getFloat(0, 1)),
                reader("getDouble", x -> x.getDouble(0, 1)),
                reader("getInt", x -> x.getInt(0, 1)),
                reader("getLong", x -> x.getLong(0, 1)),
                reader("getByte", x -> x.getByte(0, 1)),
                reader("getUint8", x -> x.getUint8(0, 1)),
                reader("getBoolean", x -> x.getBoolean(0, 1)),
                reader("contentEquals", x -> x.contentEquals(1)),
                reader("contentEquals", x -> x.contentEquals(x.add(1))),
                reader("allClose", x -> x.allClose(x.add(1))),
                reader("equals", x -> assertThat(x.equals(x.add(1))).isFalse()),
                reader("copyTo", x -> x.copyTo(x.getManager().zeros(x.getShape()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readers")
    void refusesToReadWhatDependsOnInputs(String method, Consumer<NDArray> reader) {
        assertThatThrownBy(
                        () ->
                                trace(
                                        x -> {
                                            NDArray y = x.mul(2);
                                            reader.accept(y);
                                            return y;
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("reads values by " + method + "()")
                .hasMessageContaining("the result of mul at " + ReadingTest.class.getName())
                .hasMessageStartingWith(ReadingTest.class.getName())
                .hasMessageContaining("ReadingTest.java:");
    }

    @Test
    void namesTheLineOfTheBranchAndTheLayer() {
        Linear linear = Linear.builder().setUnits(1).build();
        SequentialBlock model =
                new SequentialBlock().add(linear).add(new FunctionBlock(Branching::branch));
        assertThatThrownBy(() -> trace(model))
                .hasMessageStartingWith(Branching.class.getName() + ".branch(ReadingTest.java:")
                .hasMessageContaining("01Linear (linear)")
                .hasMessageContaining("getFloat");
    }

    /** A layer that computes something else for positive sums. */
    private static final class Branching {

        private static NDArray branch(NDArray x) {
            return x.sum().getFloat() > 0 ? x.abs() : x.neg();
        }
    }

    @Test
    void refusesToReadThroughViewsThatWereWrittenInto() {
        assertThatThrownBy(
                        () ->
                                trace(
                                        x -> {
                                            NDArray zeros = x.getManager().zeros(new Shape(2, 3));
                                            zeros.get(0).addi(x.get(0));
                                            return x.add(zeros.toFloatArray()[0]);
                                        }))
                .hasMessageContaining("toFloatArray");
    }

    @Test
    void refusesToReadRandomNumbers() {
        assertThatThrownBy(
                        () ->
                                trace(
                                        x ->
                                                x.add(
                                                        x.getManager()
                                                                .randomNormal(x.getShape())
                                                                .getFloat(0, 0))))
                .hasMessageContaining("random numbers");
    }

    @Test
    void letsParametersConstantsShapesAndIdentityBeAsked() {
        Graph graph =
                trace(
                        x -> {
                            NDArray steps = x.getManager().arange(3f);
                            NDArray same = x.getNDArrayInternal().getArray();
                            boolean asks =
                                    x.isEmpty() || x.size() != 6 || x.isScalar() || !x.equals(same);
                            return x.mul(asks ? 0 : steps.add(1).toFloatArray()[2]);
                        });
        Node mul = graph.nodes().get(graph.nodes().size() - 1);
        assertThat(mul.arguments().get(1)).isEqualTo(new Argument.Literal(3f));
    }

    @Test
    void refusesSizesThatDependOnData() {
        List<UnaryOperator<NDArray>> selections =
                List.of(
                        x -> x.booleanMask(x.gt(0)),
                        x -> x.get(x.gt(0)),
                        x -> x.get("{}", x.gt(0)),
                        x -> x.nonzero(),
                        x -> x.flatten().unique().head());
        for (UnaryOperator<NDArray> selection : selections) {
            assertThatThrownBy(() -> trace(selection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("returns as many elements as the values")
                    .hasMessageContaining("ReadingTest.java:");
        }
    }

    @Test
    void recordsSelectionsFromConstantsAsConstants() {
        Graph graph =
                trace(
                        x -> {
                            NDArray steps = x.getManager().arange(6f);
                            return x.add(steps.get(steps.gt(2)));
                        });
        Node add = graph.nodes().get(graph.nodes().size() - 1);
        Argument.Constant constant = (Argument.Constant) add.arguments().get(1);
        assertThat((float[]) constant.data()).containsExactly(3, 4, 5);
    }
}
