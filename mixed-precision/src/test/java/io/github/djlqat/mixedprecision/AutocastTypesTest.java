package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
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

    @Test
    void everyOperationOfDjlIsKnown() {
        Set<String> checked = new TreeSet<>();
        for (String op : AutocastOperations.ALL.keySet()) {
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
        unknown.removeAll(AutocastOperations.NOT_CAST);
        unknown.removeAll(AutocastOperations.PROMOTED);
        unknown.removeAll(AutocastOperations.ABSENT);
        unknown.removeAll(Set.of("gru", "lstm"));
        assertThat(unknown).isEmpty();
    }

    /** Whether the method is another's in place; these keep the type of their array. */
    private static boolean isTwin(Class<?> type, String name) {
        String pure = name.substring(0, name.length() - 1);
        return name.endsWith("i")
                && Stream.of(type.getMethods()).anyMatch(m -> m.getName().equals(pure));
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
            NDArray x = Training.random(manager, 1, AutocastOperations.shape(op));
            NDArray y = Training.random(manager, 2, AutocastOperations.shape(op));
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
            NDArray result = AutocastOperations.ALL.get(golden.get(0).asText()).apply(x, y);
            return new NDList(
                    result.getDataType() == DataType.FLOAT32
                            ? result
                            : result.toType(DataType.FLOAT32, true));
        }
    }

    private static void check(JsonNode golden, Computation computation) {
        String op = golden.get(0).asText();
        Shape shape = AutocastOperations.shape(op);
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
                            return new NDList(AutocastOperations.ALL.get(op).apply(x, y));
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
