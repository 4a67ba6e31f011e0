package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.recurrent.RNN;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** The operations of DJL that are held to the types of torch's autocast, and those that are not. */
final class AutocastOperations {
    static final Map<String, BinaryOperator<NDArray>> ALL = new HashMap<>();
    private static final Set<String> IMAGES =
            Set.of(
                    "batchMatMul",
                    "convolution",
                    "maxPool",
                    "avgPool",
                    "lpPool",
                    "globalAvgPool",
                    "globalMaxPool",
                    "interpolation");

    static {
        unary("exp", NDArray::exp);
        unary("log", NDArray::log);
        unary("log10", NDArray::log10);
        unary("log2", NDArray::log2);
        unary("acos", NDArray::acos);
        unary("asin", NDArray::asin);
        unary("cosh", NDArray::cosh);
        unary("sinh", NDArray::sinh);
        unary("tan", NDArray::tan);
        unary("sin", NDArray::sin);
        unary("cos", NDArray::cos);
        unary("tanh", NDArray::tanh);
        unary("atan", NDArray::atan);
        unary("sqrt", NDArray::sqrt);
        unary("square", NDArray::square);
        unary("abs", NDArray::abs);
        unary("neg", NDArray::neg);
        unary("ceil", NDArray::ceil);
        unary("floor", NDArray::floor);
        unary("round", NDArray::round);
        unary("trunc", NDArray::trunc);
        unary("sign", NDArray::sign);
        unary("erf", NDArray::erf);
        unary("erfinv", NDArray::erfinv);
        unary("pow", x -> x.pow(2));
        unary("softmax", x -> x.softmax(1));
        unary("logSoftmax", x -> x.logSoftmax(1));
        unary("norm", NDArray::norm);
        unary("sum", NDArray::sum);
        unary("prod", x -> x.prod());
        unary("cumSum", x -> x.cumSum(1));
        unary("cumProd", x -> x.cumProd(1));
        unary("mean", NDArray::mean);
        unary("max", NDArray::max);
        unary("min", NDArray::min);
        unary("relu", x -> x.getNDArrayInternal().relu());
        unary("sigmoid", x -> x.getNDArrayInternal().sigmoid());
        unary("softPlus", x -> x.getNDArrayInternal().softPlus());
        unary("softSign", x -> x.getNDArrayInternal().softSign());
        unary("leakyRelu", x -> x.getNDArrayInternal().leakyRelu(0.1f));
        unary("elu", x -> x.getNDArrayInternal().elu(1));
        unary("selu", x -> x.getNDArrayInternal().selu());
        unary("gelu", x -> x.getNDArrayInternal().gelu());
        unary("swish", x -> x.getNDArrayInternal().swish(1));
        unary("mish", x -> x.getNDArrayInternal().mish());
        unary("reshape", x -> x.reshape(-1));
        unary("transpose", NDArray::transpose);
        unary("flatten", NDArray::flatten);
        unary("expandDims", x -> x.expandDims(0));
        unary("clip", x -> x.clip(-1, 1));
        unary("addScalar", x -> x.add(1.5f));
        unary("mulScalar", x -> x.mul(1.5f));
        unary("dropout", x -> internal(x).dropout(x, 0.5f, true).head());
        unary("normalize", x -> x.normalize(2, 1));
        unary("eq", x -> x.eq(0));
        unary("gammaln", NDArray::gammaln);
        unary("subScalar", x -> x.sub(1.5f));
        unary("divScalar", x -> x.div(1.5f));
        unary("rsubScalar", x -> internal(x).rsub(1.5f));
        unary("rdivScalar", x -> internal(x).rdiv(1.5f));
        unary("rpowScalar", x -> internal(x).rpow(1.5f));
        unary("modScalar", x -> x.mod(1.5f));
        unary("maximumScalar", x -> x.maximum(0.5f));
        unary("minimumScalar", x -> x.minimum(0.5f));
        unary("toDegrees", NDArray::toDegrees);
        unary("toRadians", NDArray::toRadians);
        unary("diagonal", NDArray::diagonal);
        unary("diff", x -> x.diff(1, 1));
        unary("sort", NDArray::sort);
        unary("argSort", NDArray::argSort);
        unary("argMax", NDArray::argMax);
        unary("argMin", NDArray::argMin);
        unary("topK", x -> x.topK(2, 1).head());
        unary("tile", x -> x.tile(2));
        unary("repeat", x -> x.repeat(1, 2));
        unary("split", x -> x.split(2).head());
        unary("get", x -> x.get(new NDIndex("0:2")));
        unary("squeeze", NDArray::squeeze);
        unary("swapAxes", x -> x.swapAxes(0, 1));
        unary("flip", x -> x.flip(0));
        unary("rotate90", x -> x.rotate90(1, new int[] {0, 1}));
        unary("broadcast", x -> x.broadcast(2, 8, 8));
        unary("zerosLike", NDArray::zerosLike);
        unary("onesLike", NDArray::onesLike);
        unary("stopGradient", NDArray::stopGradient);
        unary("duplicate", NDArray::duplicate);
        unary("isNaN", NDArray::isNaN);
        unary("isInfinite", NDArray::isInfinite);
        unary("countNonzero", NDArray::countNonzero);
        unary("all", NDArray::all);
        unary("any", NDArray::any);
        unary("toTypeFloat", x -> x.toType(DataType.FLOAT32, false));
        unary("toTypeLow", x -> x.toType(DataType.BFLOAT16, false));
        unary("toTypeDouble", x -> x.toType(DataType.FLOAT64, false));
        unary("gather", x -> x.gather(x.getManager().zeros(new Shape(8, 2), DataType.INT64), 1));
        ALL.put("add", NDArray::add);
        ALL.put("sub", NDArray::sub);
        ALL.put("mul", NDArray::mul);
        ALL.put("div", NDArray::div);
        ALL.put("maximum", NDArray::maximum);
        ALL.put("minimum", NDArray::minimum);
        ALL.put("matMul", NDArray::matMul);
        ALL.put("concat", (x, y) -> NDArrays.concat(new NDList(x, y)));
        ALL.put("stack", (x, y) -> NDArrays.stack(new NDList(x, y)));
        ALL.put("where", (x, y) -> NDArrays.where(x.gt(0), x, y));
        ALL.put("atan2", NDArray::atan2);
        ALL.put("linear", (x, y) -> internal(x).linear(x, y, null).head());
        ALL.put(
                "embedding",
                (x, y) -> {
                    NDArray index = x.getManager().zeros(new Shape(2), DataType.INT64);
                    return internal(index).embedding(index, y, SparseFormat.DENSE).head();
                });
        ALL.put("batchNorm", AutocastOperations::batchNorm);
        ALL.put(
                "layerNorm",
                (x, y) -> {
                    NDArray row = y.get(0);
                    return internal(x).layerNorm(x, new Shape(8), row, row, 1e-5f).head();
                });
        ALL.put("addZeroDimensional", (x, y) -> x.add(y.get(new NDIndex("0,0"))));
        Shape one = new Shape(1, 1);
        Shape zero = new Shape(0, 0);
        ALL.put(
                "convolution",
                (x, y) -> internal(x).convolution(x, y, null, one, zero, one, 1).head());
        Shape two = new Shape(2, 2);
        ALL.put("maxPool", (x, y) -> internal(x).maxPool(two, two, zero, false));
        ALL.put("avgPool", (x, y) -> internal(x).avgPool(two, two, zero, false, true));
        ALL.put("globalAvgPool", (x, y) -> internal(x).globalAvgPool());
        ALL.put("batchMatMul", (x, y) -> x.get(0).batchMatMul(y.get(0)));
        ALL.put("globalMaxPool", (x, y) -> internal(x).globalMaxPool());
        ALL.put("lpPool", (x, y) -> internal(x).lpPool(2, two, two, zero, false));
        ALL.put("interpolation", (x, y) -> internal(x).interpolation(new long[] {8, 8}, 0, false));
        ALL.put("dot", NDArray::dot);
        ALL.put("mod", NDArray::mod);
        ALL.put("powArray", NDArray::pow);
        ALL.put("lt", NDArray::lt);
        ALL.put("logicalAnd", NDArray::logicalAnd);
        ALL.put("rnn", AutocastOperations::rnn);
        ALL.put("addi", NDArray::addi);
        ALL.put("subi", NDArray::subi);
        ALL.put("muli", NDArray::muli);
        ALL.put("divi", NDArray::divi);
        ALL.put("negi", (x, y) -> x.negi());
        ALL.put("powi", (x, y) -> x.powi(2));
    }

    private static void unary(String name, UnaryOperator<NDArray> op) {
        ALL.put(name, (x, y) -> op.apply(x));
    }

    /** Where nothing is cast: arrays are moved, made, or of other types; or gradients are meant. */
    static final Set<String> NOT_CAST =
            Set.of(
                    "getArray",
                    "getGradient",
                    "getScalar",
                    "ret",
                    "toDevice",
                    "toSparse",
                    "toDense",
                    "scaleGradient",
                    "like",
                    "logicalNot",
                    "logicalOr",
                    "logicalXor",
                    "gt",
                    "gte",
                    "lte",
                    "neq",
                    "none",
                    "nonzero",
                    "oneHot",
                    "multiBoxDetection",
                    "multiBoxPrior",
                    "multiBoxTarget");

    /** Which promote as those that are held to torch: the result is of the input's type. */
    static final Set<String> PROMOTED =
            Set.of(
                    "booleanMask",
                    "cbrt",
                    "gatherNd",
                    "put",
                    "scatter",
                    "sequenceMask",
                    "take",
                    "unique",
                    "pad",
                    "randomBrightness",
                    "randomColorJitter",
                    "randomFlipLeftRight",
                    "randomFlipTopBottom",
                    "randomHue",
                    "normalize",
                    "resize",
                    "crop",
                    "toTensor",
                    "rmod",
                    "softSign",
                    "sign");

    /** Complex numbers, and what DJL's PyTorch engine does not implement. */
    static final Set<String> ABSENT =
            Set.of(
                    "complex",
                    "conj",
                    "real",
                    "fft",
                    "fft2",
                    "ifft",
                    "ifft2",
                    "rfft",
                    "irfft",
                    "stft",
                    "acosh",
                    "asinh",
                    "atanh",
                    "median",
                    "percentile",
                    "xlogy",
                    "inverse",
                    "batchDot",
                    "deconvolution",
                    "globalLpPool",
                    "trace",
                    "prelu");

    private static NDArrayEx internal(NDArray array) {
        return array.getNDArrayInternal();
    }

    private static NDArray batchNorm(NDArray x, NDArray y) {
        NDArray mean = x.getManager().zeros(new Shape(8));
        NDArray variance = x.getManager().ones(new Shape(8));
        NDArray row = y.get(0);
        return internal(x).batchNorm(x, mean, variance, row, row, 1, 0.9f, 1e-5f, true).head();
    }

    /** One step of a layer of one cell. */
    private static NDArray rnn(NDArray x, NDArray y) {
        NDArray weight = y.get(new NDIndex("0:1"));
        NDArray recurrent = y.get(new NDIndex("0:1,0:1"));
        NDArray state = y.get(new NDIndex(":,0:1")).expandDims(0);
        return internal(x)
                .rnn(
                        x.expandDims(0),
                        state,
                        new NDList(weight, recurrent),
                        false,
                        1,
                        RNN.Activation.TANH,
                        0,
                        true,
                        false,
                        false)
                .head();
    }

    /** The shape of the arrays that an operation is tried with. */
    static Shape shape(String op) {
        return IMAGES.contains(op) ? new Shape(4, 4, 4, 4) : new Shape(8, 8);
    }

    private AutocastOperations() {}
}
