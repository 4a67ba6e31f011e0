package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gradients of rounded products go straight through the rounding: an input's is computed from the
 * rounded weight, a weight's from the rounded input, both in single precision.
 */
class RoundedGradientsTest {

    private static final int N = 5;
    private static final int IN = 6;
    private static final int OUT = 4;

    private static float[] rounded(Precision precision, float[] values) {
        Overflow overflow = precision == Precision.FLOAT8 ? Overflow.SATURATE : Overflow.NON_FINITE;
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] =
                    FloatCodec.round(precision.format(), values[i], Rounding.HALF_EVEN, overflow);
        }
        return result;
    }

    /** The gradients of \( \sum y u \) by input and by weight. */
    private record Gradients(float[] output, float[] input, float[] weight) {}

    private static Gradients run(
            Block block, Precision precision, float[] x, Shape shape, float[] w, float[] u) {
        Autocast settings =
                Autocast.builder()
                        .setPrecision(precision)
                        .optDelayedScaling(new DelayedScaling(4, 0, false))
                        .build();
        try (Model model = Training.model(block);
                NDManager manager = model.getNDManager().newSubManager()) {
            block.initialize(manager, DataType.FLOAT32, shape);
            NDArray weight = block.getParameters().get("weight").getArray();
            weight.set(w);
            weight.setRequiresGradient(true);
            try (AutocastBlock autocast = new AutocastBlock(block, settings, manager);
                    GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray input = manager.create(x, shape);
                input.setRequiresGradient(true);
                NDArray y =
                        autocast.forward(
                                        new ParameterStore(manager, false), new NDList(input), true)
                                .head();
                collector.backward(y.mul(manager.create(u, y.getShape())).sum());
                return new Gradients(
                        y.toFloatArray(),
                        input.getGradient().toFloatArray(),
                        weight.getGradient().toFloatArray());
            }
        }
    }

    private static void assertClose(float[] actual, double[] expected, double[] magnitudes) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], within(magnitudes[i] * 1e-6 + 1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"TF32", "FLOAT8"})
    void ofALinearLayer(Precision precision) {
        Random random = new Random(95);
        float[] x = Training.normal(random, N * IN, 2);
        float[] w = Training.normal(random, OUT * IN, 2);
        float[] u = Training.normal(random, N * OUT, 1);
        Block block = Linear.builder().setUnits(OUT).optBias(false).build();
        Gradients actual = run(block, precision, x, new Shape(N, IN), w, u);
        float[] rx = rounded(precision, x);
        float[] rw = rounded(precision, w);
        Sums y = new Sums(N * OUT);
        Sums dx = new Sums(N * IN);
        Sums dw = new Sums(OUT * IN);
        for (int n = 0; n < N; n++) {
            for (int o = 0; o < OUT; o++) {
                for (int i = 0; i < IN; i++) {
                    y.add(n * OUT + o, rx[n * IN + i], rw[o * IN + i]);
                    dx.add(n * IN + i, u[n * OUT + o], rw[o * IN + i]);
                    dw.add(o * IN + i, u[n * OUT + o], rx[n * IN + i]);
                }
            }
        }
        assertClose(actual.output(), y.sums, y.magnitudes);
        assertClose(actual.input(), dx.sums, dx.magnitudes);
        assertClose(actual.weight(), dw.sums, dw.magnitudes);
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"TF32", "FLOAT8"})
    void ofAConvolution(Precision precision) {
        int size = 5;
        int kernel = 3;
        int result = size - kernel + 1;
        Random random = new Random(96);
        float[] x = Training.normal(random, 2 * IN * size * size, 2);
        float[] w = Training.normal(random, OUT * IN * kernel * kernel, 2);
        float[] u = Training.normal(random, 2 * OUT * result * result, 1);
        Block block =
                Conv2d.builder()
                        .setFilters(OUT)
                        .setKernelShape(new Shape(kernel, kernel))
                        .optBias(false)
                        .build();
        Gradients actual = run(block, precision, x, new Shape(2, IN, size, size), w, u);
        float[] rx = rounded(precision, x);
        float[] rw = rounded(precision, w);
        Sums y = new Sums(u.length);
        Sums dx = new Sums(x.length);
        Sums dw = new Sums(w.length);
        for (int no = 0; no < 2 * OUT; no++) {
            for (int at = 0; at < result * result; at++) {
                for (int tap = 0; tap < IN * kernel * kernel; tap++) {
                    int channel = tap / (kernel * kernel);
                    int row = at / result + tap / kernel % kernel;
                    int column = at % result + tap % kernel;
                    int from = ((no / OUT * IN + channel) * size + row) * size + column;
                    int by = no % OUT * IN * kernel * kernel + tap;
                    int to = no * result * result + at;
                    y.add(to, rx[from], rw[by]);
                    dx.add(from, u[to], rw[by]);
                    dw.add(by, u[to], rx[from]);
                }
            }
        }
        assertClose(actual.output(), y.sums, y.magnitudes);
        assertClose(actual.input(), dx.sums, dx.magnitudes);
        assertClose(actual.weight(), dw.sums, dw.magnitudes);
    }

    /** Sums of products, and of their magnitudes, which bound what single precision loses. */
    private static final class Sums {

        private final double[] sums;
        private final double[] magnitudes;

        Sums(int size) {
            sums = new double[size];
            magnitudes = new double[size];
        }

        void add(int index, double one, double other) {
            sums[index] += one * other;
            magnitudes[index] += Math.abs(one * other);
        }
    }
}
