package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.kernel.KernelCases.Case;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every implementation against scalar arithmetic. */
class KernelsTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels FAST = Kernels.forManager(ROOT);

    private NDManager manager;

    static Stream<Kernels> implementations() {
        return Stream.of(FAST, new NDArrayKernels());
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

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void quantizesAsTheFormulaSays(Kernels kernels) {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            Case c = KernelCases.random(random);
            float[] x = KernelCases.inputs(random, c, false);
            NDArray y =
                    kernels.fakeQuantize(
                            manager.create(x),
                            manager.create(c.scale()),
                            manager.create((float) c.zeroPoint()),
                            c.qmin(),
                            c.qmax());
            float[] actual = y.toFloatArray();
            for (int j = 0; j < x.length; j++) {
                KernelCases.assertSame(actual[j], c.quantize(x[j]), c, x[j]);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void keepsOneScalePerChannel(Kernels kernels) {
        Random random = new Random(4);
        int channels = 3;
        int size = 4096;
        Case[] cases = new Case[channels];
        float[] scales = new float[channels];
        float[] zeros = new float[channels];
        for (int i = 0; i < channels; i++) {
            cases[i] = new Case(-8, 7, 0.1f + random.nextFloat(), random.nextInt(5) - 2);
            scales[i] = cases[i].scale();
            zeros[i] = cases[i].zeroPoint();
        }
        float[] values = new float[channels * size];
        for (int j = 0; j < values.length; j++) {
            values[j] = (float) random.nextGaussian() * 5;
        }
        float[] outer = KernelCases.gaussian(random, values.length);
        NDArray x = manager.create(values, new Shape(channels, size / 4, 2, 2));
        NDArray scale = manager.create(scales, new Shape(channels, 1, 1, 1));
        x.setRequiresGradient(true);
        scale.setRequiresGradient(true);
        NDArray zeroPoint = manager.create(zeros, new Shape(channels, 1, 1, 1));
        NDArray y;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            y = kernels.fakeQuantizeLearned(x, scale, zeroPoint, -8, 7, 1f);
            collector.backward(y.mul(manager.create(outer, x.getShape())).sum());
        }
        float[] straight = kernels.fakeQuantize(x, scale, zeroPoint, -8, 7).toFloatArray();
        float[] forward = y.toFloatArray();
        float[] gradient = x.getGradient().toFloatArray();
        assertThat(y.getShape()).isEqualTo(x.getShape());
        for (int i = 0; i < channels; i++) {
            double slope = 0;
            for (int j = i * size; j < (i + 1) * size; j++) {
                KernelCases.assertSame(
                        forward[j], cases[i].quantize(values[j]), cases[i], values[j]);
                KernelCases.assertSame(straight[j], forward[j], cases[i], values[j]);
                KernelCases.assertSame(
                        gradient[j],
                        cases[i].passesGradient(values[j]) ? outer[j] : 0f,
                        cases[i],
                        values[j]);
                slope += outer[j] * cases[i].slope(values[j]);
            }
            assertThat((double) scale.getGradient().toFloatArray()[i])
                    .isCloseTo(slope, offset(1e-2));
        }
    }

    /**
     * \( s \cdot ds + \sum x \cdot dx = \sum y \cdot dy \): scaling the input and the step scales
     * the output.
     */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void scalesWithItsInputAndStep(Kernels kernels) {
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            NDArray x = manager.create(KernelCases.gaussian(random, 257));
            NDArray scale = manager.create(0.05f + random.nextFloat() / 2);
            NDArray outer = manager.create(KernelCases.gaussian(random, 257));
            x.setRequiresGradient(true);
            scale.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                y = kernels.fakeQuantizeLearned(x, scale, manager.create(1f), -4, 3, 1f);
                collector.backward(y.mul(outer).sum());
            }
            double left =
                    scale.getFloat() * scale.getGradient().getFloat()
                            + x.mul(x.getGradient()).sum().getFloat();
            assertThat(left).isCloseTo(y.mul(outer).sum().getFloat(), offset(1e-3));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void agreesWithTorch(Kernels kernels) throws IOException {
        JsonNode golden;
        try (InputStream in = KernelsTest.class.getResourceAsStream("fake_quantize_golden.json")) {
            golden = new ObjectMapper().readTree(in);
        }
        for (JsonNode node : golden.get("cases")) {
            float[] x = floats(node.get("x"));
            float[] expected = floats(node.get("y"));
            Case c =
                    new Case(
                            node.get("qmin").intValue(),
                            node.get("qmax").intValue(),
                            node.get("scale").floatValue(),
                            node.get("zeroPoint").intValue());
            float[] actual =
                    kernels.fakeQuantize(
                                    manager.create(x),
                                    manager.create(c.scale()),
                                    manager.create((float) c.zeroPoint()),
                                    c.qmin(),
                                    c.qmax())
                            .toFloatArray();
            for (int i = 0; i < x.length; i++) {
                KernelCases.assertSame(actual[i], expected[i], c, x[i]);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void servesSeveralThreads(Kernels kernels) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Case c = new Case(-t - 2, t + 1, 0.25f, 0);
                calls.add(
                        threads.submit(
                                () -> {
                                    try (NDManager own = ROOT.newSubManager()) {
                                        for (int i = 0; i < 40; i++) {
                                            float[] x = KernelCases.gaussian(new Random(i), 33);
                                            float[] y =
                                                    kernels.fakeQuantize(
                                                                    own.create(x),
                                                                    own.create(c.scale()),
                                                                    own.create(0f),
                                                                    c.qmin(),
                                                                    c.qmax())
                                                            .toFloatArray();
                                            for (int j = 0; j < x.length; j++) {
                                                KernelCases.assertSame(
                                                        y[j], c.quantize(x[j]), c, x[j]);
                                            }
                                        }
                                    }
                                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void findsTheRange(Kernels kernels) {
        NDArray x = manager.create(new float[] {3, -7, 0.5f, 11}, new Shape(2, 2));
        assertThat(kernels.range(x).toFloatArray()).containsExactly(-7, 11);
        assertThat(kernels.range(manager.create(5f)).toFloatArray()).containsExactly(5, 5);
        assertThat(kernels.range(manager.create(new float[] {1, Float.NaN})).toFloatArray())
                .containsExactly(Float.NaN, Float.NaN);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void acceptsAnyShape(Kernels kernels) {
        NDArray scale = manager.create(new float[] {0.5f});
        NDArray zeroPoint = manager.zeros(new Shape(1));
        for (Shape shape :
                new Shape[] {
                    new Shape(), new Shape(0, 3), new Shape(1), new Shape(2, 1, 3, 1, 2)
                }) {
            NDArray x = manager.ones(shape);
            assertThat(kernels.fakeQuantize(x, scale, zeroPoint, -2, 1).getShape())
                    .isEqualTo(shape);
            assertThat(kernels.fakeQuantizeLearned(x, scale, zeroPoint, -2, 1, 1f).getShape())
                    .isEqualTo(shape);
        }
        NDArray transposed = manager.arange(12f).reshape(3, 4).transpose();
        assertThat(kernels.fakeQuantize(transposed, scale, zeroPoint, -100, 100).toFloatArray())
                .isEqualTo(transposed.toFloatArray());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void leavesNoArraysBehindAndPutsTheResultWhereAsked(Kernels kernels) {
        NDManager parameters = manager.newSubManager();
        NDArray x = parameters.create(KernelCases.gaussian(new Random(6), 64));
        NDArray scale = parameters.create(0.1f);
        NDArray zeroPoint = parameters.create(0f);
        x.setRequiresGradient(true);
        kernels.fakeQuantizeLearned(manager, x, scale, zeroPoint, -8, 7, 1f);
        int before = ROOT.getParentManager().getManagedArrays().size();
        for (int i = 0; i < 20; i++) {
            try (NDManager step = manager.newSubManager();
                    NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                // A name that the engine would read as a dictionary's key.
                x.setName("layer" + i + ".weight");
                assertThat(kernels.fakeQuantize(step, x, scale, zeroPoint, -i - 1, i).getManager())
                        .isSameAs(step);
                assertThat(
                                kernels.fakeQuantizeLearned(step, x, scale, zeroPoint, -8, 7, 1f)
                                        .getManager())
                        .isSameAs(step);
                assertThat(kernels.range(step, x).getManager()).isSameAs(step);
                assertThat(step.getManagedArrays()).hasSize(3);
                assertThat(parameters.getManagedArrays()).hasSize(3);
            }
        }
        // Constants that were made under a scope of the caller outlive it.
        assertThat(kernels.fakeQuantize(x, scale, zeroPoint, -3, 2).toFloatArray()).hasSize(64);
        assertThat(ROOT.getParentManager().getManagedArrays().size() - before)
                .isLessThanOrEqualTo(22);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void refusesWhatNativeCodeWouldChokeOn(Kernels kernels) {
        NDArray x = manager.ones(new Shape(4, 3));
        NDArray scale = manager.create(1f);
        NDArray zero = manager.create(0f);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                kernels.fakeQuantize(
                                        manager.ones(new Shape(2), DataType.FLOAT64),
                                        scale,
                                        zero,
                                        0,
                                        3))
                .withMessageContaining("float64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.range(manager.ones(new Shape(2), DataType.INT32)))
                .withMessageContaining("int32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.range(manager.ones(new Shape(0, 2))))
                .withMessageContaining("(0, 2)");
        for (Shape bad :
                new Shape[] {new Shape(4), new Shape(3, 4), new Shape(4, 1, 1), new Shape(0)}) {
            NDArray misfit = manager.ones(bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kernels.fakeQuantize(x, misfit, misfit, 0, 3))
                    .withMessageContaining("does not fit");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.fakeQuantize(x, scale, manager.zeros(new Shape(1)), 0, 3))
                .withMessageContaining("scale's shape");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.fakeQuantize(x, scale, zero, 3, 3))
                .withMessageContaining("from 3 to 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.fakeQuantizeLearned(x, scale, zero, 0, 3, Float.NaN))
                .withMessageContaining("NaN");
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
