package io.github.djlqat.exportcases;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Operations of {@code NDArray}, {@code NDArrayEx} and {@code NDManager}, each in a small use. */
public final class ArrayOperations {

    private ArrayOperations() {}

    /**
     * Returns operations of arrays of shape (batch, 4, 7, 5).
     *
     * @return the operations
     */
    public static Stream<ArrayOperation> all() {
        return Stream.of(
                image("relu", x -> ex(x).relu()),
                image("relu6", Activation::relu6),
                image("sigmoid", x -> ex(x).sigmoid()),
                image("tanh", x -> ex(x).tanh()),
                image("softPlus", x -> ex(x).softPlus()),
                image("softSign", x -> ex(x).softSign()),
                image("leakyRelu", x -> ex(x).leakyRelu(0.2f)),
                image("elu", x -> ex(x).elu(0.7f)),
                image("selu", x -> ex(x).selu()),
                image("gelu", x -> ex(x).gelu()),
                image("swish", x -> ex(x).swish(1.5f)),
                image("mish", x -> ex(x).mish()),
                image("softmax", x -> x.softmax(-1)),
                image("softmax of an inner axis", x -> x.softmax(1)),
                image("logSoftmax", x -> x.logSoftmax(2)),
                image("maxPool", x -> ex(x).maxPool(s(2, 2), s(2, 2), s(0, 0), false)),
                image("maxPool padded", x -> ex(x).maxPool(s(3, 3), s(2, 2), s(1, 1), false)),
                image("maxPool ceil", x -> ex(x).maxPool(s(3, 2), s(2, 2), s(0, 0), true)),
                image("avgPool", x -> ex(x).avgPool(s(2, 2), s(2, 2), s(0, 0), false, true)),
                image(
                        "avgPool with padding",
                        x -> ex(x).avgPool(s(3, 3), s(2, 2), s(1, 1), false, true)),
                image(
                        "avgPool without padding",
                        x -> ex(x).avgPool(s(3, 3), s(2, 2), s(1, 1), false, false)),
                image("avgPool ceil", x -> ex(x).avgPool(s(3, 2), s(2, 2), s(0, 0), true, false)),
                image("lpPool", x -> ex(x).lpPool(2, s(2, 2), s(2, 2), s(0, 0), false)),
                image(
                        "lpPool of odd power",
                        x -> ex(x.abs()).lpPool(3, s(2, 2), s(2, 2), s(0, 0), false)),
                image("globalMaxPool", x -> ex(x).globalMaxPool()),
                image("globalAvgPool", x -> ex(x).globalAvgPool()),
                image("add", x -> x.add(x.mul(2))),
                image("add number", x -> x.add(1.25f)),
                image("add broadcast", x -> x.add(x.get(new NDIndex(":, :1")))),
                image("sub", x -> x.sub(x.square())),
                image("mul", x -> x.mul(x)),
                image("div", x -> x.div(x.abs().add(1))),
                image("div number", x -> x.div(3)),
                image("in place", x -> x.add(1).muli(2).subi(0.5).divi(1.5).addi(x)),
                image("rsub", x -> ex(x).rsub(2)),
                image("rdiv", x -> ex(x.abs().add(1)).rdiv(2)),
                image("pow", x -> x.abs().pow(1.5)),
                image("mod", x -> x.mul(5).mod(3)),
                image("neg", x -> x.neg()),
                image("exp log sqrt", x -> x.exp().log().abs().sqrt()),
                image("log2 log10", x -> x.exp().log2().add(x.exp().log10())),
                image(
                        "rounding",
                        x ->
                                x.mul(3)
                                        .round()
                                        .add(x.mul(3).floor())
                                        .add(x.mul(3).ceil())
                                        .add(x.mul(3).trunc())),
                image("sin cos erf sign", x -> x.sin().add(x.cos()).add(x.erf()).add(x.sign())),
                image("maximum minimum", x -> x.maximum(0.1f).minimum(0.7f)),
                image("maximum of two", x -> x.maximum(x.neg().mul(0.5f))),
                image("clip", x -> x.clip(-0.5f, 0.25f)),
                image(
                        "compare",
                        x ->
                                x.gt(0)
                                        .toType(DataType.FLOAT32, false)
                                        .add(x.lte(x.square()).toType(DataType.FLOAT32, false))),
                image(
                        "logic",
                        x ->
                                x.gt(0)
                                        .logicalAnd(x.lt(1))
                                        .logicalNot()
                                        .toType(DataType.FLOAT32, false)),
                image("where", x -> ex(x).where(x.gt(0), x.mul(0.1f))),
                image("sum all", x -> x.sum().add(x.get(new NDIndex("0, 0, 0, 0")).mul(0))),
                image("sum", x -> x.sum(new int[] {1, 3})),
                image("sum keeping", x -> x.sum(new int[] {-1}, true)),
                image("mean", x -> x.mean(new int[] {2}, true).mean(new int[] {-1})),
                image("max min", x -> x.max(new int[] {2}).add(x.min(new int[] {2}))),
                image("argMax", x -> x.argMax(1).toType(DataType.FLOAT32, false)),
                image("cumSum", x -> x.cumSum(2)),
                image("reshape", x -> x.reshape(x.getShape().get(0), 2, 2, 35)),
                image("reshape free", x -> x.reshape(-1, 140)),
                image("reshape of the batch", x -> x.reshape(x.getShape().get(0) * 4, 35)),
                image(
                        "reshape and back",
                        x ->
                                x.reshape(x.getShape().get(0) * 2, -1)
                                        .reshape(x.getShape().get(0), 2, -1)),
                image("flatten", x -> x.flatten(1, -1)),
                image("flatten inner", x -> x.flatten(2, 3)),
                image("flatten all", x -> x.flatten()),
                image(
                        "expandDims squeeze",
                        x -> x.expandDims(1).expandDims(-1).squeeze(new int[] {1, 5})),
                image("squeeze one", x -> x.mean(new int[] {1}, true).squeeze(1)),
                image("transpose", x -> x.transpose(0, 3, 1, 2)),
                image("swapAxes", x -> x.swapAxes(1, -1)),
                image("broadcast", x -> x.mean(new int[] {1}, true).broadcast(x.getShape())),
                image("pad", x -> x.pad(s(1, 2, 0, 3), 0.5)),
                image("tile", x -> x.tile(new long[] {1, 2, 1, 1})),
                image("flip", x -> x.flip(2)),
                image("concat", x -> x.concat(x.neg(), 1)),
                image("concat last", x -> NDArrays.concat(new NDList(x, x, x.abs()), -1)),
                image("stack", x -> NDArrays.stack(new NDList(x, x.neg()), 1)),
                image(
                        "split",
                        x ->
                                NDArrays.concat(
                                        new NDList(x.split(2, 1).get(1), x.split(2, 1).get(0)), 1)),
                image("get slice", x -> x.get(new NDIndex(":, 1:3, ::2, ::2"))),
                image("get number", x -> x.get(new NDIndex(":, 1"))),
                image("get ellipsis", x -> x.get("..., 1:")),
                image("get negative", x -> x.get(new NDIndex(":, :, -2:"))),
                image("get format", x -> x.get(":, {}", 2)),
                image("product with the batch size", x -> x.mul(x.getShape().get(0))),
                image("quotient by a multiple of it", x -> x.div(x.size(0) * 4)),
                image("sum with a neighbour of it", x -> x.add(x.getShape().get(0) - 1)),
                image("get of the last by its number", x -> x.get(x.getShape().get(0) - 1)),
                image("get up to the last", x -> x.get("0:{}", x.getShape().get(0) - 1)),
                image(
                        "get up to the batch size",
                        x -> x.reshape(1, -1).get(":, {}:{}", x.size(0), 3 * x.size(0))),
                image("tile to the batch", x -> x.get("0:1").tile(new long[] {x.size(0), 1, 1, 1})),
                image("repeat of a constant to the batch", x -> x.get("0:1").repeat(0, x.size(0))),
                image("repeat of two to the batch", x -> x.get("0:2").repeat(0, 3 * x.size(0))),
                image("repeat", x -> x.repeat(2)),
                image("repeat along an axis", x -> x.repeat(2, 3)),
                image("repeat along the batch", x -> x.repeat(0, 2)),
                image("repeat along some axes", x -> x.repeat(new long[] {1, 2, 1, 3})),
                image("repeat to a shape", x -> x.repeat(new Shape(x.getShape().get(0), 8, 7, 15))),
                image(
                        "repeat to the batch",
                        x ->
                                x.mean(new int[] {0}, true)
                                        .repeat(new Shape(x.getShape().get(0), 4, 7, 5))),
                image("get last of the batch", x -> x.get(-1)),
                image("get last but one", x -> x.get(new NDIndex(":, -2, :, -1"))),
                image("get by an array", x -> x.get(indices(x, 1, 0, -1))),
                image("get by an array of two axes", x -> x.get(matrix(x, 1, 0, -1, 0))),
                image("get by an array along an axis", x -> x.get(":, {}", indices(x, 3, 1))),
                image("get by a computed array", x -> x.get(counted(x))),
                image("set number", x -> changed(x, y -> y.set(new NDIndex(":, 1"), 7))),
                image("set slice", x -> changed(x, y -> y.set(new NDIndex("0, ..., 1:3"), 7))),
                image("set last", x -> changed(x, y -> y.set(new NDIndex("-1, :, -2:"), 7))),
                image(
                        "set array",
                        x -> changed(x, y -> y.set(new NDIndex(":, 1:3"), y.get(":, 2:").neg()))),
                image(
                        "set array behind a number",
                        x -> changed(x, y -> y.set(new NDIndex(":, 1, 2:4"), y.get("0, 0, 0")))),
                image(
                        "set scalar",
                        x -> changed(x, y -> y.setScalar(new NDIndex("0, 1, 2, 3"), 9))),
                image("set by a mask", x -> changed(x, y -> y.set(y.gt(0.5f), -1))),
                image(
                        "set by a mask of the first axes",
                        x -> changed(x, y -> y.set(y.sum(new int[] {2, 3}).gt(0), 2))),
                image("set all", x -> changed(x, y -> y.get(0).set(new NDIndex("..."), 3))),
                image("change of a slice", x -> changed(x, y -> y.get(":, 1:3").muli(3))),
                image("change of a sample", x -> changed(x, y -> y.get(1).addi(3))),
                image(
                        "change of a slice of a slice",
                        x ->
                                changed(
                                        x,
                                        y ->
                                                y.get(":, 1:3")
                                                        .get(":, 1, 2:")
                                                        .subi(y.get("0, 0, 0")))),
                image(
                        "change of a view of another layout",
                        x -> changed(x, y -> y.transpose(1, 0, 3, 2).get(2).addi(4))),
                image(
                        "change of a flat view",
                        x ->
                                changed(
                                        x,
                                        y ->
                                                y.reshape(y.getShape().get(0), -1)
                                                        .get(":, 9:70")
                                                        .negi())),
                image("change of a copy", x -> changed(x, y -> y.transpose().flatten().addi(4))),
                image("change of a part", x -> changed(x, y -> y.split(2, 1).get(1).muli(2))),
                image("view of what changes", ArrayOperations::viewed),
                image("views in turn", ArrayOperations::inTurn),
                image("set of a Java array", ArrayOperations::fromJava),
                image("dropout", x -> ex(x).dropout(x, 0.5f, false).get(0)),
                image("zeros of the batch", ArrayOperations::paddedByConcat),
                image(
                        "constant",
                        x ->
                                x.mul(
                                        x.getManager()
                                                .create(new float[] {1, 2, 3, 4})
                                                .reshape(1, 4, 1, 1))),
                image(
                        "ones of the batch",
                        x -> x.add(x.getManager().ones(new Shape(x.getShape().get(0), 1, 1, 1)))),
                image(
                        "zeros of the batch in an inner axis",
                        x ->
                                x.transpose(1, 0, 2, 3)
                                        .add(
                                                x.getManager()
                                                        .zeros(
                                                                new Shape(
                                                                        4,
                                                                        x.getShape().get(0),
                                                                        7,
                                                                        1)))),
                image(
                        "ones of the batch in a product",
                        x ->
                                x.getManager()
                                        .ones(new Shape(x.getShape().get(0), 4, 2, 7))
                                        .matMul(x)),
                image("arange of the batch", ArrayOperations::numbered),
                image("sort", x -> x.sort(2)),
                image("argSort", x -> x.argSort(-1).toType(DataType.FLOAT32, false)),
                image("argSort down", x -> x.argSort(1, false).toType(DataType.FLOAT32, false)),
                image("topK", x -> x.topK(3, 2, true, true).get(0)),
                image(
                        "topK of the smallest",
                        x -> x.topK(2, 1, false, true).get(1).toType(DataType.FLOAT32, false)),
                image(
                        "gatherNd",
                        x -> x.gatherNd(x.getManager().create(new long[][] {{1, 0}, {2, 3}}))),
                image(
                        "gatherNd of rows",
                        x -> x.gatherNd(x.getManager().create(new long[][] {{1, 0, 1}}))),
                image("take", x -> x.take(x.getManager().create(new long[] {5, 0, 17}))),
                image("resize nearest", x -> ex(x).resize(9, 8, 0)),
                image("resize bilinear", x -> ex(x).resize(9, 8, 1)),
                image(
                        "interpolation bicubic",
                        x -> ex(x).interpolation(new long[] {9, 3}, 3, false)),
                image("interpolation", x -> ex(x).interpolation(new long[] {14, 4}, 1, false)),
                image("matMul", x -> x.matMul(x.transpose(0, 1, 3, 2))),
                image("convolution", ArrayOperations::convolution),
                image("grouped convolution", ArrayOperations::groupedConvolution),
                image("linear of four axes", x -> linear(x, 5)),
                image("linear", x -> linear(x.flatten(1, -1), 140)),
                image(
                        "linear without bias",
                        x -> linear(x.mean(new int[] {2}).mean(new int[] {2}), 4)),
                image("batchNorm", x -> batchNorm(x, 1, 4)),
                image("batchNorm of the last axis", x -> batchNorm(x, 3, 5)),
                image("layerNorm", ArrayOperations::layerNorm),
                image("embedding", ArrayOperations::embedding));
    }

    private static ArrayOperation image(String name, UnaryOperator<NDArray> operation) {
        return new ArrayOperation(name, operation);
    }

    private static NDArrayEx ex(NDArray x) {
        return x.getNDArrayInternal();
    }

    private static Shape s(long... dims) {
        return new Shape(dims);
    }

    private static NDArray random(NDArray like, long... dims) {
        Random random = new Random(dims.length * 31L + dims[0]);
        float[] data = new float[Math.toIntExact(new Shape(dims).size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian() / 2;
        }
        return like.getManager().create(data, new Shape(dims));
    }

    private static NDArray indices(NDArray like, int... values) {
        return like.getManager().create(values);
    }

    private static NDArray matrix(NDArray like, long... values) {
        return like.getManager().create(values, new Shape(2, values.length / 2));
    }

    private static NDArray counted(NDArray x) {
        return x.get(0).sum(new int[] {1, 2}).gt(0).toType(DataType.INT64, false);
    }

    private static NDArray changed(NDArray x, Consumer<NDArray> change) {
        NDArray copy = x.mul(2);
        change.accept(copy);
        return copy;
    }

    private static NDArray viewed(NDArray x) {
        NDArray copy = x.mul(2);
        NDArray view = copy.get(":, 1:3");
        NDArray flat = view.flatten(2, 3);
        copy.muli(3);
        return flat.add(view.reshape(view.getShape().get(0), 2, -1).neg().muli(0.5f));
    }

    private static NDArray inTurn(NDArray x) {
        NDArray copy = x.mul(2);
        NDArray first = copy.get(":, :2");
        NDArray second = copy.get(":, 1:");
        NDArray turned = copy.swapAxes(2, 3);
        first.addi(1);
        second.muli(first.get(":, :1"));
        first.muli(2);
        turned.get("..., 0").addi(second.sum(new int[] {1, 2, 3}).div(140).reshape(-1, 1, 1));
        return copy.concat(turned.swapAxes(2, 3), 1).concat(second, 1);
    }

    private static NDArray fromJava(NDArray x) {
        NDArray factors = x.getManager().create(new Shape(5));
        factors.set(new float[] {1, 2, 3, 4, 5});
        NDArray steps = x.getManager().zeros(new Shape(7, 1));
        random(x, 7, 1).copyTo(steps);
        return x.mul(factors).add(steps);
    }

    private static NDArray paddedByConcat(NDArray x) {
        NDArray small = x.get(new NDIndex(":, :, ::2, ::2"));
        Shape shape = small.getShape();
        NDArray zeros =
                x.getManager().zeros(new Shape(shape.get(0), 2, shape.get(2), shape.get(3)));
        return NDArrays.concat(new NDList(zeros, small, zeros), 1);
    }

    private static NDArray numbered(NDArray x) {
        NDArray numbers = x.getManager().arange(1f, 1 + 2f * x.getShape().get(0), 2f);
        return x.mul(numbers.reshape(-1, 1, 1, 1));
    }

    private static NDArray convolution(NDArray x) {
        return ex(x).convolution(
                        x, random(x, 6, 4, 3, 2), random(x, 6), s(2, 1), s(1, 1), s(1, 2), 1)
                .get(0);
    }

    private static NDArray groupedConvolution(NDArray x) {
        return ex(x).convolution(x, random(x, 8, 1, 3, 3), null, s(1, 1), s(1, 1), s(1, 1), 4)
                .get(0);
    }

    private static NDArray linear(NDArray x, int inputs) {
        NDArray bias = inputs == 4 ? null : random(x, 3);
        return ex(x).linear(x, random(x, 3, inputs), bias).get(0);
    }

    private static NDArray batchNorm(NDArray x, int axis, int channels) {
        NDArray variance = random(x, channels).abs().add(0.5f);
        return ex(x).batchNorm(
                        x,
                        random(x, channels),
                        variance,
                        random(x, channels),
                        random(x, channels),
                        axis,
                        0.9f,
                        1e-3f,
                        false)
                .get(0);
    }

    private static NDArray layerNorm(NDArray x) {
        return ex(x).layerNorm(x, s(7, 5), random(x, 7, 5), random(x, 7, 5), 1e-3f).get(0);
    }

    private static NDArray embedding(NDArray x) {
        NDArray indices = x.abs().mul(2).floor().clip(0, 5).toType(DataType.INT64, false);
        return ex(x).embedding(indices, random(x, 6, 3), SparseFormat.DENSE).get(0);
    }
}
