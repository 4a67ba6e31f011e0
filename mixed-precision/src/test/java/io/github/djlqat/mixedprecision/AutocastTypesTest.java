package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;

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
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.kernel.Kernels;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the type of each operation's result to that of torch's autocast. */
class AutocastTypesTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels KERNELS = Kernels.forManager(ROOT);
    private static final Map<String, BinaryOperator<NDArray>> OPS = new HashMap<>();

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
        OPS.put("addi", NDArray::addi);
        OPS.put("muli", NDArray::muli);
    }

    private static void unary(String name, UnaryOperator<NDArray> op) {
        OPS.put(name, (x, y) -> op.apply(x));
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

    static Stream<JsonNode> cases() {
        return Goldens.cases("autocast.json");
    }

    @AfterAll
    static void close() {
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

    private static void check(JsonNode golden, Computation computation) {
        String op = golden.get(0).asText();
        boolean images = op.equals("batchMatMul") || op.contains("onv") || op.contains("Pool");
        Shape shape = images ? new Shape(4, 4, 4, 4) : new Shape(8, 8);
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
