package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the type of each operation's result to that of torch's autocast. */
class AutocastTypesTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels KERNELS = Kernels.forManager(ROOT);
    private static final Map<Computation, OneOperation> MODELS =
            Map.of(
                    Computation.SIMULATED,
                    new OneOperation(Computation.SIMULATED),
                    Computation.NATIVE,
                    new OneOperation(Computation.NATIVE));
    private static final Map<String, BinaryOperator<NDArray>> OPS = new HashMap<>();
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
        OPS.put("add", NDArray::add);
        OPS.put("sub", NDArray::sub);
        OPS.put("mul", NDArray::mul);
        OPS.put("div", NDArray::div);
        OPS.put("maximum", NDArray::maximum);
        OPS.put("minimum", NDArray::minimum);
        OPS.put("matMul", NDArray::matMul);
        OPS.put("concat", (x, y) -> NDArrays.concat(new NDList(x, y)));
        OPS.put("stack", (x, y) -> NDArrays.stack(new NDList(x, y)));
        OPS.put("where", (x, y) -> NDArrays.where(x.gt(0), x, y));
        OPS.put("atan2", NDArray::atan2);
        OPS.put("linear", (x, y) -> internal(x).linear(x, y, null).head());
        OPS.put(
                "embedding",
                (x, y) -> {
                    NDArray index = x.getManager().zeros(new Shape(2), DataType.INT64);
                    return internal(index).embedding(index, y, SparseFormat.DENSE).head();
                });
        OPS.put("batchNorm", AutocastTypesTest::batchNorm);
        OPS.put(
                "layerNorm",
                (x, y) -> {
                    NDArray row = y.get(0);
                    return internal(x).layerNorm(x, new Shape(8), row, row, 1e-5f).head();
                });
        OPS.put("addZeroDimensional", (x, y) -> x.add(y.get(new NDIndex("0,0"))));
        Shape one = new Shape(1, 1);
        Shape zero = new Shape(0, 0);
        OPS.put(
                "convolution",
                (x, y) -> internal(x).convolution(x, y, null, one, zero, one, 1).head());
        Shape two = new Shape(2, 2);
        OPS.put("maxPool", (x, y) -> internal(x).maxPool(two, two, zero, false));
        OPS.put("avgPool", (x, y) -> internal(x).avgPool(two, two, zero, false, true));
        OPS.put("globalAvgPool", (x, y) -> internal(x).globalAvgPool());
        OPS.put("batchMatMul", (x, y) -> x.get(0).batchMatMul(y.get(0)));
        OPS.put("globalMaxPool", (x, y) -> internal(x).globalMaxPool());
        OPS.put("lpPool", (x, y) -> internal(x).lpPool(2, two, two, zero, false));
        OPS.put("interpolation", (x, y) -> internal(x).interpolation(new long[] {8, 8}, 0, false));
        OPS.put("dot", NDArray::dot);
        OPS.put("mod", NDArray::mod);
        OPS.put("powArray", NDArray::pow);
        OPS.put("lt", NDArray::lt);
        OPS.put("logicalAnd", NDArray::logicalAnd);
        OPS.put("rnn", AutocastTypesTest::rnn);
        OPS.put("addi", NDArray::addi);
        OPS.put("subi", NDArray::subi);
        OPS.put("muli", NDArray::muli);
        OPS.put("divi", NDArray::divi);
        OPS.put("negi", (x, y) -> x.negi());
        OPS.put("powi", (x, y) -> x.powi(2));
    }

    private static void unary(String name, UnaryOperator<NDArray> op) {
        OPS.put(name, (x, y) -> op.apply(x));
    }

    /** Where nothing is cast: arrays are moved, made, or of other types; or gradients are meant. */
    private static final Set<String> NOT_CAST =
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
    private static final Set<String> PROMOTED =
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
    private static final Set<String> ABSENT =
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

    @Test
    void everyOperationOfDjlIsKnown() {
        Set<String> checked = new TreeSet<>();
        for (String op : OPS.keySet()) {
            checked.add(op.replaceAll("(Scalar|Array|Float|Low|Double|ZeroDimensional)$", ""));
        }
        Set<String> unknown = new TreeSet<>();
        for (Class<?> type : List.of(NDArray.class, NDArrayEx.class)) {
            for (Method method : type.getMethods()) {
                boolean computes =
                        NDArray.class.isAssignableFrom(method.getReturnType())
                                || method.getReturnType() == NDList.class;
                String name = method.getName();
                if (computes && !Modifier.isStatic(method.getModifiers()) && !isTwin(type, name)) {
                    unknown.add(name);
                }
            }
        }
        unknown.removeAll(checked);
        unknown.removeAll(NOT_CAST);
        unknown.removeAll(PROMOTED);
        unknown.removeAll(ABSENT);
        unknown.removeAll(Set.of("gru", "lstm"));
        assertThat(unknown).isEmpty();
    }

    /** Whether the method is another's in place; these keep the type of their array. */
    private static boolean isTwin(Class<?> type, String name) {
        String pure = name.substring(0, name.length() - 1);
        return name.endsWith("i")
                && Stream.of(type.getMethods()).anyMatch(m -> m.getName().equals(pure));
    }

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

    static Stream<JsonNode> cases() {
        return Goldens.cases("autocast.json");
    }

    @AfterAll
    static void close() {
        MODELS.values().forEach(model -> model.autocast.close());
        KERNELS.close();
        ROOT.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void simulatedTypes(JsonNode golden) {
        check(golden, Computation.SIMULATED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nativeTypes(JsonNode golden) {
        check(golden, Computation.NATIVE);
    }

    /**
     * Native results stay in BF16 where only kernels read them; all other operations read them,
     * too.
     */
    @ParameterizedTest
    @MethodSource("determinateCases")
    void nativeValuesAreThoseOfSimulation(JsonNode golden) {
        float[] simulated = values(golden, Computation.SIMULATED);
        float[] computed = values(golden, Computation.NATIVE);
        assertThat(computed).hasSameSizeAs(simulated);
        for (int i = 0; i < simulated.length; i++) {
            // What is no product is not always rounded to BF16 where results stay native.
            float tolerance =
                    Float.isFinite(simulated[i]) ? 0x1p-6f * (1 + Math.abs(simulated[i])) : 0;
            assertThat((Float) computed[i])
                    .as("%s[%d]", golden, i)
                    .isCloseTo(simulated[i], within(tolerance));
        }
    }

    /** Dropout draws other numbers where it computes natively. */
    static Stream<JsonNode> determinateCases() {
        return cases().filter(golden -> !golden.get(0).asText().equals("dropout"));
    }

    private static float[] values(JsonNode golden, Computation computation) {
        String op = golden.get(0).asText();
        ROOT.getEngine().setRandomSeed(1);
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = Training.random(manager, 1, shape(op));
            NDArray y = Training.random(manager, 2, shape(op));
            return MODELS.get(computation)
                    .compute(golden, new ParameterStore(manager, false), new NDList(x, y))
                    .toFloatArray();
        }
    }

    /** One model for all cases, since each loads its kernels. */
    private static final class OneOperation {

        private final AtomicReference<JsonNode> current = new AtomicReference<>();
        private final AutocastBlock autocast;

        OneOperation(Computation computation) {
            Autocast settings =
                    Autocast.builder()
                            .setPrecision(Precision.BFLOAT16)
                            .optComputation(computation)
                            .build();
            autocast = new AutocastBlock(new LambdaBlock(this::apply), settings, ROOT);
        }

        NDArray compute(JsonNode golden, ParameterStore parameters, NDList inputs) {
            current.set(golden);
            return autocast.forward(parameters, inputs, false).head();
        }

        private NDList apply(NDList list) {
            JsonNode golden = current.get();
            NDArray x = typed(list.get(0), golden.get(1).asText());
            NDArray y = typed(list.get(1), golden.get(2).asText());
            NDArray result = OPS.get(golden.get(0).asText()).apply(x, y);
            return new NDList(
                    result.getDataType() == DataType.FLOAT32
                            ? result
                            : result.toType(DataType.FLOAT32, true));
        }
    }

    private static Shape shape(String op) {
        return IMAGES.contains(op) ? new Shape(4, 4, 4, 4) : new Shape(8, 8);
    }

    private static void check(JsonNode golden, Computation computation) {
        String op = golden.get(0).asText();
        Shape shape = shape(op);
        Autocast settings =
                Autocast.builder()
                        .setPrecision(Precision.BFLOAT16)
                        .optComputation(computation)
                        .build();
        AutocastInterceptor autocast =
                new AutocastInterceptor(
                        settings, KERNELS, new Float8Scales(DelayedScaling.DEFAULT, 448), null);
        AtomicReference<String> type = new AtomicReference<>();
        Interceptor probe = call -> probed(call, autocast, type);
        LambdaBlock block =
                new LambdaBlock(
                        list -> {
                            NDArray x = typed(list.get(0), golden.get(1).asText());
                            NDArray y = typed(list.get(1), golden.get(2).asText());
                            return new NDList(OPS.get(op).apply(x, y));
                        });
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = Training.random(manager, 1, shape);
            NDArray y = Training.random(manager, 2, shape);
            NDArray result =
                    new InterceptedBlock(block, probe, autocast)
                            .forward(new ParameterStore(manager, false), new NDList(x, y), false)
                            .head();
            assertThat(type.get()).as("%s", golden).isEqualTo(golden.get(3).asText());
            if (type.get().equals("bfloat16") && computation == Computation.SIMULATED) {
                for (float value : result.toFloatArray()) {
                    assertThat(Float.floatToRawIntBits(value) & 0xFFFF).isZero();
                }
            }
        }
    }

    private static NDList probed(
            OpCall call, AutocastInterceptor autocast, AtomicReference<String> type) {
        NDList results = call.proceed();
        NDArray result = results.head();
        type.set(
                result.getDataType() == DataType.BOOLEAN
                        ? "bool"
                        : autocast.isLow(call.pass(), result)
                                ? "bfloat16"
                                : result.getDataType().toString());
        return results;
    }

    /** An array of the type: the low one is what a product computes. */
    private static NDArray typed(NDArray array, String type) {
        if (!type.equals("bfloat16")) {
            return array;
        }
        Shape shape = array.getShape();
        int columns = (int) shape.get(shape.dimension() - 1);
        return array.reshape(-1, columns).matMul(array.getManager().eye(columns)).reshape(shape);
    }
}
