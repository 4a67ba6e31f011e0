package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import io.github.djlqat.exportcases.ArrayOperation;
import io.github.djlqat.exportcases.ArrayOperations;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.exportcases.RandomArrays;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Single operations, traced at two batch sizes and run as TorchScript at others, against DJL. */
class OperationExportTest {

    private static final Inputs IMAGES =
            (manager, batch) -> RandomArrays.gaussians(manager, batch, 4, 7, 5);

    static Stream<Arguments> operations() {
        return Stream.of(ArrayOperations.all(), integers(), further(), written())
                .flatMap(all -> all)
                .map(operation -> Arguments.of(operation.name(), operation.function()));
    }

    private static Stream<ArrayOperation> integers() {
        return Stream.of(
                operation("integer and float", x -> whole(x).add(0.5f)),
                operation("integer and double", x -> whole(x).mul(0.1)),
                operation("integer and integer", x -> whole(x).mul(3).sub(1)),
                operation("integer quotient", x -> whole(x).div(4)),
                operation("integer remainder", x -> whole(x).mod(3)),
                operation("integer comparison", x -> whole(x).gt(0.5f).logicalNot()),
                operation("integer maximum", x -> whole(x).maximum(1)),
                operation("sum of integers", x -> whole(x).sum(new int[] {1})),
                operation("logic", x -> x.gt(0).logicalXor(x.lt(1).logicalOr(x.neq(x.neg())))));
    }

    private static Stream<ArrayOperation> further() {
        return Stream.of(
                operation("eye", x -> x.get(":, :, :5").matMul(x.getManager().eye(5))),
                operation(
                        "eye of the batch",
                        x -> x.getManager().eye((int) x.size(0)).matMul(x.reshape(x.size(0), -1))),
                operation("wide eye", x -> x.matMul(x.getManager().eye(5, 3, 0, DataType.FLOAT32))),
                operation("linspace", x -> x.add(x.getManager().linspace(-1f, 2f, 5))),
                operation("full of the batch size", OperationExportTest::full),
                operation("like", x -> x.zerosLike().add(x.onesLike())),
                operation("create of truths", OperationExportTest::masked),
                operation(
                        "create of doubles",
                        x -> x.mul(x.getManager().create(new double[] {1, 2, 3, 4, 0.1}))),
                operation("prod", x -> x.prod(new int[] {2})),
                operation("prod all", x -> x.prod()),
                operation("max all", x -> x.max().add(x.min())),
                operation("cumSum of an axis", x -> x.cumSum(1)),
                operation("cumProd", x -> x.cumProd(2)),
                operation("median", x -> x.median(new int[] {2})),
                operation("percentile", x -> x.percentile(30, new int[] {1})),
                operation("norm", x -> x.norm()),
                operation("norm of axes", x -> x.norm(new int[] {1, 3}, true)),
                operation("norm of order 1", x -> x.norm(1, new int[] {2}, false)),
                operation("normalize", x -> x.normalize()),
                operation("normalize of order 1", x -> x.normalize(1, 2)),
                operation("normalize by eps", x -> x.normalize(2, 3, 5)),
                operation("trigonometry", x -> x.tan().add(x.clip(-0.9f, 0.9f).asin())),
                operation("acos atan", x -> x.clip(-0.9f, 0.9f).acos().add(x.atan())),
                operation("hyperbolic", x -> x.sinh().add(x.cosh())),
                operation("atan2", x -> x.atan2(x.get(":, :1"))),
                operation("xlogy", x -> x.xlogy(x.abs().add(1))),
                operation("gammaln", x -> x.abs().add(0.5f).gammaln()),
                operation("erfinv", x -> x.clip(-0.9f, 0.9f).erfinv()),
                operation("cbrt", x -> x.abs().cbrt()),
                operation("angles", x -> x.toDegrees().add(x.toRadians())),
                operation(
                        "all any none",
                        x -> NDArrays.stack(list(x.gt(-9).all(), x.gt(1).any(), x.gt(9).none()))),
                operation("isNaN", x -> x.div(0).mul(0).isNaN().logicalOr(x.div(0).isInfinite())),
                operation("rotate90", x -> x.rotate90(1, new int[] {2, 3})),
                operation("diagonal", x -> x.diagonal(0, 2, 3)),
                operation("diff", x -> x.diff(1, 2)),
                operation("flip of two axes", x -> x.flip(1, 3)),
                operation("inverse", OperationExportTest::inverse),
                operation("dot", x -> x.get("0, 0, 0").dot(x.get("0, 1, 2"))),
                operation("oneHot", x -> whole(x).abs().toType(DataType.INT64, false).oneHot(9)),
                operation(
                        "argSort of equals down",
                        x -> x.gt(0).toType(DataType.INT32, false).argSort(2, false)),
                operation("squeeze without axes", x -> x.get(":, 1:2").squeeze()),
                operation("repeat of the first axes", x -> x.repeat(new long[] {1, 2})),
                operation(
                        "interpolation to the nearest",
                        x -> ex(x).interpolation(new long[] {3, 9}, 0, false)),
                operation(
                        "interpolation by area",
                        x -> ex(x).interpolation(new long[] {3, 2}, 2, false)),
                operation(
                        "resize of bytes",
                        x -> ex(x.mul(20).add(100).toType(DataType.UINT8, false)).resize(9, 3, 0)),
                operation("resize bicubic", x -> ex(x).resize(4, 9, 3)),
                operation("resize of one image", x -> ex(x.get(0)).resize(3, 3, 1)),
                operation("toTensor", x -> ex(x.get("..., :3")).toTensor()),
                operation(
                        "normalize by channels",
                        x ->
                                ex(x.get(":, :3"))
                                        .normalize(
                                                new float[] {0.1f, 0.2f, 0.3f},
                                                new float[] {2, 3, 4})));
    }

    private static Stream<ArrayOperation> written() {
        return Stream.of(
                operation(
                        "set with a step",
                        x -> changed(x, y -> y.set(new NDIndex(":, ::2, 1::2"), 3))),
                operation(
                        "set up to the batch size",
                        x ->
                                changed(
                                        x.reshape(1, -1),
                                        y ->
                                                y.set(
                                                        new NDIndex(
                                                                ":, {}:{}",
                                                                x.size(0),
                                                                3 * x.size(0)),
                                                        3))),
                operation(
                        "set of the last sample",
                        x -> changed(x, y -> y.set(new NDIndex("{}, 2", x.size(0) - 1), 3))),
                operation(
                        "set of integers",
                        x -> changed(whole(x), y -> y.set(new NDIndex("..., 0"), 3))),
                operation(
                        "set of a view of a broadcast",
                        x ->
                                changed(
                                        x.get(":, :1").broadcast(x.getShape()),
                                        y -> y.set(new NDIndex(":, 2"), 1))));
    }

    private static ArrayOperation operation(String name, UnaryOperator<NDArray> function) {
        return new ArrayOperation(name, function);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void agreesWithDjlAtOtherBatchSizes(String name, UnaryOperator<NDArray> operation)
            throws Exception {
        LambdaBlock block = LambdaBlock.singleton(operation::apply, name);
        try (NDManager manager = NDManager.newBaseManager()) {
            ScriptAgreement.initialize(block, manager, IMAGES);
            ScriptAgreement.check(name, block, IMAGES, 2, 4);
        }
    }

    static Stream<Arguments> bound() {
        return Stream.of(
                bound("pow", x -> x.pow(1f / x.size(0)), "pow"),
                bound("mul", x -> x.mul(0.5f * x.size(0)), "mul"),
                bound("get", x -> x.get(":, 0:{}", x.size(0) == 2 ? 1 : 3), "get"),
                bound("create", OperationExportTest::literally, "create"),
                bound("softmax", x -> x.softmax(x.size(0) == 2 ? 1 : 2), "softmax"),
                bound("clip", x -> x.clip(0, x.size(0) * x.size(0)), "clip"),
                bound("branch", x -> x.size(0) > 2 ? x.abs() : x.neg(), "neg"),
                bound("longer", x -> x.size(0) > 2 ? x.abs().neg() : x.abs(), "neg"));
    }

    private static Arguments bound(String name, UnaryOperator<NDArray> operation, String op) {
        return Arguments.of(name, operation, op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bound")
    void refusesWhatHoldsForOneBatchSizeAtItsLine(
            String name, UnaryOperator<NDArray> operation, String op) {
        LambdaBlock block = LambdaBlock.singleton(operation::apply, name);
        try (NDManager manager = NDManager.newBaseManager()) {
            ScriptAgreement.initialize(block, manager, IMAGES);
            assertThatThrownBy(() -> ScriptAgreement.check(name, block, IMAGES, 2))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining(op + " at ")
                    .hasMessageContaining("OperationExportTest.java:")
                    .hasMessageContaining("optDynamicBatch(false)");
        }
    }

    private static NDList list(NDArray... arrays) {
        return new NDList(arrays);
    }

    private static NDArrayEx ex(NDArray x) {
        return x.getNDArrayInternal();
    }

    private static NDArray whole(NDArray x) {
        return x.mul(2).round().toType(DataType.INT32, false);
    }

    private static NDArray literally(NDArray x) {
        return x.mul(x.getManager().create(new float[] {x.size(0)}));
    }

    private static NDArray full(NDArray x) {
        return x.getManager()
                .full(new Shape(x.size(0), 3), (float) x.size(0))
                .add(x.get(":, :3, 0, 0"));
    }

    private static NDArray masked(NDArray x) {
        return x.mul(x.getManager().create(new boolean[] {true, false, true, false, true}));
    }

    private static NDArray inverse(NDArray x) {
        NDArray square = x.get("..., :3, :3");
        return square.mul(0.1f).add(x.getManager().eye(3)).inverse();
    }

    private static NDArray changed(NDArray x, Consumer<NDArray> change) {
        NDArray copy = x.mul(2);
        change.accept(copy);
        return copy;
    }
}
