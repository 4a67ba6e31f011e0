package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.github.djlqat.format.FloatFormat;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrays that kernels take in several pieces, against plain array operations. */
class LargeArraysTest {

    private static final NDManager ROOT = NDManager.newBaseManager();
    private static final Kernels FAST = new TorchScriptKernels(ROOT);
    private static final Kernels PLAIN = new NDArrayKernels();

    @AfterAll
    static void closeAll() {
        FAST.close();
        ROOT.close();
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                Arguments.of(new Shape(2_200_001), new Shape(1)),
                Arguments.of(new Shape(701, 3_000), new Shape(701, 1)),
                Arguments.of(new Shape(701, 3_000), new Shape(1, 3_000)),
                Arguments.of(new Shape(2, 1_100_001), new Shape(2, 1)),
                Arguments.of(new Shape(37, 16, 60, 61), new Shape(1, 16, 1, 1)),
                Arguments.of(new Shape(37, 16, 60, 61), new Shape(37, 16, 1, 1)));
    }

    /** A value and gradients. */
    private record Result(float[] y, List<float[]> gradients) {}

    private static Result run(
            NDManager manager, BiFunction<NDArray, NDArray, NDArray> kernel, NDArray... inputs) {
        NDList leaves = new NDList();
        for (NDArray input : inputs) {
            NDArray leaf = input.duplicate();
            leaf.setRequiresGradient(true);
            leaves.add(leaf);
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray y = kernel.apply(leaves.get(0), leaves.get(leaves.size() - 1));
            collector.backward(y.mul(y.stopGradient().add(1)).sum());
            return new Result(
                    y.toFloatArray(),
                    leaves.stream().map(leaf -> leaf.getGradient().toFloatArray()).toList());
        }
    }

    private static float[] normal(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] values(int count) {
        float[] values = normal(count);
        values[count / 2] = Float.POSITIVE_INFINITY;
        values[count / 3] = Float.NaN;
        return values;
    }

    private static NDArray scales(NDManager manager, Shape shape) {
        float[] scales = new float[(int) shape.size()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.01f + 0.0001f * (i % 97);
        }
        return manager.create(scales, shape);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void roundToTheSameValuesWithTheSameGradient(Shape shape, Shape scaleShape) {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = manager.create(values((int) shape.size()), shape);
            NDArray scale = scales(manager, scaleShape);
            NDArray zeroPoint = manager.full(scaleShape, 3f);
            Result fast =
                    run(manager, (a, b) -> FAST.fakeQuantize(a, scale, zeroPoint, -100, 99), x);
            Result plain =
                    run(manager, (a, b) -> PLAIN.fakeQuantize(a, scale, zeroPoint, -100, 99), x);
            assertSame(fast.y(), plain.y());
            int nan = fast.y().length / 3;
            assertThat(fast.y()[nan]).isNaN();
            // What flows back into a NaN is of no use, whatever it is.
            fast.gradients().get(0)[nan] = plain.gradients().get(0)[nan];
            assertSame(fast.gradients().get(0), plain.gradients().get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void learnTheSameScales(Shape shape, Shape scaleShape) {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = manager.create(normal((int) shape.size()), shape);
            NDArray scale = scales(manager, scaleShape);
            NDArray zeroPoint = manager.zeros(scaleShape);
            Result fast =
                    run(
                            manager,
                            (a, s) -> FAST.fakeQuantizeLearned(a, s, zeroPoint, -100, 99, 0.1f),
                            x,
                            scale);
            Result plain =
                    run(
                            manager,
                            (a, s) -> PLAIN.fakeQuantizeLearned(a, s, zeroPoint, -100, 99, 0.1f),
                            x,
                            scale);
            assertSame(fast.y(), plain.y());
            assertSame(fast.gradients().get(0), plain.gradients().get(0));
            float[] expected = plain.gradients().get(1);
            float[] actual = fast.gradients().get(1);
            double tolerance = 2e-4 * magnitude(expected);
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            }
            // The order of summation differs.
            assertThat(difference).isLessThan(tolerance);
        }
    }

    private static double magnitude(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Test
    void roundToFormatsAsTheDefinition() {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = manager.create(values(1_200_001));
            for (FloatFormat format :
                    List.of(
                            FloatFormat.FLOAT8_E4M3FN,
                            FloatFormat.FLOAT8_E5M2,
                            FloatFormat.BFLOAT16,
                            FloatFormat.TF32)) {
                assertSame(
                        FAST.run(FloatRounding.of(format), x).toFloatArray(),
                        PLAIN.run(FloatRounding.of(format), x).toFloatArray());
            }
        }
    }

    private static void assertSame(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            if (Float.floatToIntBits(actual[i] + 0f) != Float.floatToIntBits(expected[i] + 0f)) {
                throw new AssertionError(actual[i] + ", not " + expected[i] + " at " + i);
            }
        }
    }
}
