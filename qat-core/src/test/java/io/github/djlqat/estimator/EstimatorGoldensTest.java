package io.github.djlqat.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds estimators against the outputs and gradients of torch's and TensorFlow's own operators. */
class EstimatorGoldensTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels FAST = Kernels.forManager(ROOT);

    static Stream<Kernels> implementations() {
        return Stream.of(FAST, new NDArrayKernels());
    }

    @AfterAll
    static void closeAll() {
        FAST.close();
        ROOT.close();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void agreesWithTorchAndTensorFlow(Kernels kernels) throws IOException {
        JsonNode golden;
        try (InputStream in = EstimatorGoldensTest.class.getResourceAsStream("goldens.json")) {
            golden = new ObjectMapper().readTree(in);
        }
        assertThat(golden.get("cases")).hasSize(64);
        for (JsonNode node : golden.get("cases")) {
            try (NDManager manager = ROOT.newSubManager()) {
                String operator = node.get("operator").textValue();
                switch (operator) {
                    case "fake_quantize_per_tensor_affine", "fake_quantize_per_channel_affine" ->
                            holdFakeQuantize(kernels, manager, node);
                    case "learnable" -> holdLearnable(kernels, manager, node);
                    case "fake_quant_with_min_max_vars" -> holdMinMax(kernels, manager, node);
                    default -> throw new AssertionError(operator);
                }
            }
        }
    }

    private static void holdFakeQuantize(Kernels kernels, NDManager manager, JsonNode node) {
        StraightThrough estimator = new StraightThrough(qmin(node), qmax(node), ClipMask.CODE);
        hold(kernels, estimator, node, rows(manager, node, "scale", "zeroPoint"));
    }

    private static void holdLearnable(Kernels kernels, NDManager manager, JsonNode node) {
        LearnableAffine estimator =
                new LearnableAffine(qmin(node), qmax(node), node.get("gradientScale").floatValue());
        Gradient actual = hold(kernels, estimator, node, rows(manager, node, "scale", "zeroPoint"));
        assertSums(actual.gradients().get(1), floats(node.get("ds")));
        assertSums(actual.gradients().get(2), floats(node.get("dz")));
    }

    private static void holdMinMax(Kernels kernels, NDManager manager, JsonNode node) {
        MinMaxVars estimator =
                new MinMaxVars(node.get("bits").intValue(), node.get("narrow").booleanValue());
        int channels = node.get("minimum").size();
        NDArray x = manager.create(floats(node.get("x"))).reshape(-1, channels);
        Shape shape = new Shape(1, channels);
        Gradient actual =
                hold(
                        kernels,
                        estimator,
                        node,
                        x,
                        manager.create(floats(node.get("minimum")), shape),
                        manager.create(floats(node.get("maximum")), shape));
        assertSums(actual.gradients().get(1), floats(node.get("dminimum")));
        assertSums(actual.gradients().get(2), floats(node.get("dmaximum")));
    }

    /** The input as one row for each channel, and its operands. */
    private static NDArray[] rows(NDManager manager, JsonNode node, String... operands) {
        int channels = node.get(operands[0]).size();
        NDArray[] inputs = new NDArray[operands.length + 1];
        inputs[0] = manager.create(floats(node.get("x"))).reshape(channels, -1);
        for (int i = 0; i < operands.length; i++) {
            inputs[i + 1] = manager.create(floats(node.get(operands[i])), new Shape(channels, 1));
        }
        return inputs;
    }

    /** Values and the input's gradient are exact: no sum is involved. */
    private static Gradient hold(
            Kernels kernels, Estimator estimator, JsonNode node, NDArray... inputs) {
        Gradient actual = Gradient.of(kernels, estimator, floats(node.get("dy")), inputs);
        assertThat(plusZero(actual.y()))
                .as("%s %s", node.get("operator"), estimator)
                .isEqualTo(plusZero(floats(node.get("y"))));
        assertThat(plusZero(actual.dx()))
                .as("gradient of %s %s", node.get("operator"), estimator)
                .isEqualTo(plusZero(floats(node.get("dx"))));
        return actual;
    }

    private static void assertSums(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .isCloseTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static float[] plusZero(float[] values) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += 0f;
        }
        return result;
    }

    private static int qmin(JsonNode node) {
        return node.get("qmin").intValue();
    }

    private static int qmax(JsonNode node) {
        return node.get("qmax").intValue();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
