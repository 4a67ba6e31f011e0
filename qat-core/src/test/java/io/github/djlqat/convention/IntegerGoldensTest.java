package io.github.djlqat.convention;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.estimator.ClipMask;
import io.github.djlqat.estimator.StraightThrough;
import io.github.djlqat.format.FloatSamples;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.kernel.Kernels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A million bit patterns against torch and ONNX Runtime, in every width. */
class IntegerGoldensTest {

    private static final JsonNode GOLDENS = goldens();
    private static final float[] INPUTS = FloatSamples.random();

    private static JsonNode goldens() {
        try (InputStream stream = IntegerGoldensTest.class.getResourceAsStream("integers.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> cases() {
        return StreamSupport.stream(GOLDENS.get("cases").spliterator(), false).toList();
    }

    static List<JsonNode> torch() {
        return cases().stream()
                .filter(node -> node.get("convention").asText().equals("pytorch"))
                .toList();
    }

    @Test
    void makesTheInputsOfTheGoldens() {
        assertThat(FloatSamples.crcOfFloats(INPUTS)).isEqualTo(GOLDENS.get("inputs").asLong());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void codesAreThoseOfTheRuntime(JsonNode node) {
        IntegerFormat format = IntegerFormat.parse(node.get("format").asText());
        IntegerQuantizer quantizer =
                new IntegerQuantizer(
                        Conventions.named(node.get("convention").asText()).arithmetic(),
                        format,
                        node.get("scale").floatValue(),
                        node.get("zeroPoint").asInt());
        int[] codes = new int[INPUTS.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = quantizer.code(INPUTS[i], i);
        }
        assertThat(FloatSamples.crcOfCodes(codes, 8)).isEqualTo(node.get("codes").asLong());
    }

    @ParameterizedTest
    @MethodSource("torch")
    void kernelsRoundAndPassTheGradientAsTorch(JsonNode node) {
        IntegerFormat format = IntegerFormat.parse(node.get("format").asText());
        float scale = node.get("scale").floatValue();
        int zeroPoint = node.get("zeroPoint").asInt();
        try (NDManager manager = NDManager.newBaseManager();
                Kernels kernels = Kernels.forManager(manager)) {
            NDArray x = manager.create(INPUTS);
            NDArray s = manager.create(new float[] {scale});
            NDArray z = manager.create(new float[] {zeroPoint});
            x.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                y =
                        kernels.run(
                                new StraightThrough(format.qmin(), format.qmax(), ClipMask.CODE),
                                x,
                                s,
                                z);
                collector.backward(y);
            }
            assertThat(FloatSamples.crcOfCodes(wholeNumbers(x.getGradient().toFloatArray()), 8))
                    .isEqualTo(node.get("mask").asLong());
            float[] plain =
                    kernels.fakeQuantize(x, s, z, format.qmin(), format.qmax()).toFloatArray();
            int[] codes = codes(y.toFloatArray(), scale, zeroPoint, format);
            assertThat(FloatSamples.crcOfCodes(codes, 8)).isEqualTo(node.get("codes").asLong());
            assertThat(codes(plain, scale, zeroPoint, format)).isEqualTo(codes);
        }
    }

    private static int[] wholeNumbers(float[] values) {
        int[] whole = new int[values.length];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (int) values[i];
            require(whole[i] == values[i], values[i]);
        }
        return whole;
    }

    /** The codes of values, and torch's of a NaN, which kernels pass on. */
    private static int[] codes(float[] values, float scale, int zeroPoint, IntegerFormat format) {
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            if (Float.isNaN(values[i])) {
                require(Float.isNaN(INPUTS[i]), INPUTS[i]);
                codes[i] = format.qmin();
            } else {
                int step = (int) Math.rint((double) values[i] / scale);
                require(step * scale == values[i], values[i]);
                codes[i] = step + zeroPoint;
            }
        }
        return codes;
    }

    /** Cheaper than an assertion, of which there would be a million in each case. */
    private static void require(boolean condition, float value) {
        if (!condition) {
            throw new AssertionError("No whole number of steps, or NaN out of a number: " + value);
        }
    }
}
