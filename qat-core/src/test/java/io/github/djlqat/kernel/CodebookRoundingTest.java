package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.TieBreak;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the tensor kernels of codebooks against the scalar codec, bit for bit. */
class CodebookRoundingTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels FAST = Kernels.forManager(ROOT);
    private static final Kernels PORTABLE = new NDArrayKernels();

    private NDManager manager;

    static Stream<CodebookFormat> formats() {
        float[] table = new float[256];
        Random random = new Random(70);
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) random.nextGaussian();
        }
        return Stream.of(
                CodebookFormat.NF4,
                CodebookFormat.FP4_BITSANDBYTES,
                CodebookFormat.IQ4_NL,
                CodebookFormat.BINARY,
                CodebookFormat.TERNARY,
                new CodebookFormat("random", table),
                new CodebookFormat("neighbours", new float[] {1, Math.nextUp(1f), 3}),
                new CodebookFormat("up", new float[] {-2, -1, 4, 5}, TieBreak.UPPER_VALUE));
    }

    @BeforeEach
    void open() {
        manager = ROOT.newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @AfterAll
    static void closeAll() {
        FAST.close();
        ROOT.close();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void roundsAsTheCodec(CodebookFormat format) {
        float[] x = inputs(format, new Random(71));
        CodebookRounding kernel = new CodebookRounding(format, true);
        for (Kernels kernels : List.of(FAST, PORTABLE)) {
            NDArray array = manager.create(x);
            array.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                y = kernels.run(kernel, array);
                collector.backward(y.mul(3).sum());
            }
            float[] actual = y.toFloatArray();
            float[] gradient = array.getGradient().toFloatArray();
            for (int i = 0; i < x.length; i++) {
                assertThat(actual[i])
                        .as("%s of %s", format, x[i])
                        .isEqualTo(CodebookCodec.round(format, x[i]));
                boolean inside = x[i] >= format.minValue() && x[i] <= format.maxValue();
                assertThat(gradient[i]).as("%s of %s", format, x[i]).isEqualTo(inside ? 3 : 0);
            }
        }
    }

    private static float[] inputs(CodebookFormat format, Random random) {
        float[] values = format.values();
        float[] boundaries = format.boundaries();
        float[] x = new float[3 * (values.length + boundaries.length) + 5000];
        int n = 0;
        for (float[] points : new float[][] {values, boundaries}) {
            for (float point : points) {
                x[n++] = point;
                x[n++] = Math.nextUp(point);
                x[n++] = Math.nextDown(point);
            }
        }
        x[n++] = Float.NaN;
        x[n++] = Float.POSITIVE_INFINITY;
        x[n++] = Float.NEGATIVE_INFINITY;
        x[n++] = -0f;
        while (n < x.length) {
            x[n] =
                    n % 2 == 0
                            ? Float.intBitsToFloat(random.nextInt())
                            : (float) (random.nextGaussian() * format.maxValue());
            n++;
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void scalesBlocksByTheirMaximum(CodebookFormat format) {
        float[] x = new float[1003];
        Random random = new Random(72);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        Arrays.fill(x, 64, 128, 0f);
        x[200] = 1e-39f;
        for (int size : new int[] {1, 16, 64, 5000}) {
            float[] expected = new float[x.length];
            for (int from = 0; from < x.length; from += size) {
                block(format, x, from, Math.min(x.length, from + size), expected);
            }
            CodebookBlockRounding kernel = new CodebookBlockRounding(format, size);
            for (Kernels kernels : List.of(FAST, PORTABLE)) {
                NDArray array = manager.create(x, new Shape(17, 59));
                array.setRequiresGradient(true);
                NDArray y;
                try (GradientCollector collector =
                        Engine.getEngine("PyTorch").newGradientCollector()) {
                    y = kernels.run(kernel, array);
                    collector.backward(y.mul(2).sum());
                }
                assertThat(plusZero(y.toFloatArray())).isEqualTo(plusZero(expected));
                assertThat(y.getShape()).isEqualTo(array.getShape());
                assertThat(array.getGradient().toFloatArray()).containsOnly(2);
            }
        }
    }

    private static void block(CodebookFormat format, float[] x, int from, int to, float[] y) {
        float absmax = 0;
        for (int i = from; i < to; i++) {
            absmax = Math.max(absmax, Math.abs(x[i]));
        }
        float inverse = absmax == 0 ? 0 : 1 / absmax;
        for (int i = from; i < to; i++) {
            y[i] = CodebookCodec.round(format, x[i] * inverse) * absmax;
        }
    }

    private static float[] plusZero(float[] values) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += 0f;
        }
        return result;
    }

    @Test
    void acceptsEmptyArraysAndRefusesOtherTypes() {
        for (Kernels kernels : List.of(FAST, PORTABLE)) {
            for (TensorKernel kernel :
                    List.of(
                            new CodebookRounding(CodebookFormat.NF4, false),
                            new CodebookBlockRounding(CodebookFormat.NF4, 64))) {
                assertThat(kernels.run(kernel, manager.ones(new Shape())).getShape())
                        .isEqualTo(new Shape());
                assertThat(kernels.run(kernel, manager.ones(new Shape(0, 3))).getShape())
                        .isEqualTo(new Shape(0, 3));
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () ->
                                        kernels.run(
                                                kernel,
                                                manager.ones(new Shape(2), DataType.FLOAT64)))
                        .withMessageContaining("float64");
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CodebookBlockRounding(CodebookFormat.NF4, 0))
                .withMessageContaining("not 0");
    }
}
