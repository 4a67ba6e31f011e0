package io.github.djlqat.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused here ends the process where DJL alone computes it. */
class LegalShapesTest {

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void close() {
        manager.close();
    }

    private static UnaryOperator<NDArray> average(Shape kernel, Shape stride, Shape padding) {
        return x -> x.getNDArrayInternal().avgPool(kernel, stride, padding, false, true);
    }

    private static UnaryOperator<NDArray> maximum(Shape kernel, Shape stride, Shape padding) {
        return x -> x.getNDArrayInternal().maxPool(kernel, stride, padding, false);
    }

    private static UnaryOperator<NDArray> convolution(Shape weight, Shape stride, Shape padding) {
        return x -> {
            NDArray w = x.getManager().ones(weight);
            Shape dilation = new Shape(1, 1);
            return x.getNDArrayInternal()
                    .convolution(x, w, null, stride, padding, dilation, 1)
                    .head();
        };
    }

    static Stream<Arguments> legal() {
        Shape one = new Shape(1, 1);
        Shape two = new Shape(2, 2);
        Shape none = new Shape(0, 0);
        return Stream.of(
                arguments("average", average(two, two, none)),
                arguments("average, padded by half", average(two, one, one)),
                arguments("maximum", maximum(new Shape(3, 3), one, one)),
                arguments("maximum over all", maximum(new Shape(6, 5), one, none)),
                arguments("convolution", convolution(new Shape(4, 3, 3, 3), one, one)),
                arguments("convolution over all", convolution(new Shape(4, 3, 6, 5), two, none)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("legal")
    void fittingArgumentsAreComputedAsByDjl(String name, UnaryOperator<NDArray> operation) {
        NDArray x = manager.randomNormal(new Shape(2, 3, 6, 5));
        assertThat(run(operation, x)).isEqualTo(operation.apply(x).toFloatArray());
    }

    static Stream<Arguments> illegal() {
        Shape one = new Shape(1, 1);
        Shape two = new Shape(2, 2);
        Shape none = new Shape(0, 0);
        return Stream.of(
                arguments(
                        average(new Shape(2), new Shape(1), new Shape(0)),
                        DataType.FLOAT32,
                        "a kernel and a stride of as many spatial dimensions"),
                arguments(average(two, none, none), DataType.FLOAT32, "stride are at least 1"),
                arguments(maximum(two, one, two), DataType.FLOAT32, "at most half of the kernel"),
                arguments(
                        maximum(new Shape(7, 1), one, none),
                        DataType.FLOAT32,
                        "no larger than the padded input"),
                arguments(maximum(two, one, none), DataType.INT32, "of a floating type"),
                arguments(
                        convolution(new Shape(4, 2, 3, 3), one, none),
                        DataType.FLOAT32,
                        "(filters, channels / groups, kernel)"),
                arguments(
                        convolution(new Shape(4, 3, 3), one, none),
                        DataType.FLOAT32,
                        "a weight of as many dimensions"),
                arguments(
                        convolution(new Shape(4, 3, 7, 3), one, none),
                        DataType.FLOAT32,
                        "no larger than the padded input"),
                arguments(
                        convolution(new Shape(4, 3, 3, 3), one, none),
                        DataType.FLOAT64,
                        "of the same floating type"));
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void othersAreRefusedWithTheirShapes(
            UnaryOperator<NDArray> operation, DataType type, String legal) {
        NDArray x = manager.ones(new Shape(2, 3, 6, 5), type);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(operation, x))
                .withMessageContaining("(2, 3, 6, 5)")
                .withMessageContaining(legal);
    }

    private float[] run(UnaryOperator<NDArray> operation, NDArray x) {
        Block block = LambdaBlock.singleton(operation::apply);
        return new InterceptedBlock(block, OpCall::proceed)
                .forward(new ParameterStore(manager, false), new NDList(x), false)
                .head()
                .toFloatArray();
    }
}
