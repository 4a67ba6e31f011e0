package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.github.djlqat.kernel.KernelCases.Case;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the gradients of every implementation against those that papers state. */
class KernelGradientsTest {

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
    void passesTheGradientInsideTheRangeOnly(Kernels kernels) {
        Random random = new Random(2);
        NDArray x;
        for (int i = 0; i < 60; i++) {
            Case c = KernelCases.random(random);
            float[] values = KernelCases.inputs(random, c, true);
            float[] outer = KernelCases.gaussian(random, values.length);
            x = manager.create(values);
            x.setRequiresGradient(true);
            NDArray scale = manager.create(new float[] {c.scale()});
            scale.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                y =
                        kernels.fakeQuantize(
                                x,
                                scale,
                                manager.create(new float[] {c.zeroPoint()}),
                                c.qmin(),
                                c.qmax());
                collector.backward(y.mul(manager.create(outer)).sum());
            }
            float[] forward = y.toFloatArray();
            float[] gradient = x.getGradient().toFloatArray();
            for (int j = 0; j < values.length; j++) {
                KernelCases.assertSame(forward[j], c.quantize(values[j]), c, values[j]);
                KernelCases.assertSame(
                        gradient[j], c.passesGradient(values[j]) ? outer[j] : 0f, c, values[j]);
            }
            assertThat(scale.hasGradient() ? scale.getGradient().toFloatArray()[0] : 0f).isZero();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void learnsTheStepSizeWithThePapersGradient(Kernels kernels) {
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            Case c = KernelCases.random(random);
            if (c.scale() < 1e-6f) {
                continue;
            }
            float[] values = KernelCases.inputs(random, c, true);
            float[] outer = KernelCases.gaussian(random, values.length);
            NDArray x = manager.create(values);
            NDArray scale = manager.create(new float[] {c.scale()});
            x.setRequiresGradient(true);
            scale.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                y =
                        kernels.fakeQuantizeLearned(
                                x,
                                scale,
                                manager.create(new float[] {c.zeroPoint()}),
                                c.qmin(),
                                c.qmax(),
                                0.125f);
                collector.backward(y.mul(manager.create(outer)).sum());
            }
            float[] forward = y.toFloatArray();
            float[] gradient = x.getGradient().toFloatArray();
            double expected = 0;
            double magnitude = 0;
            for (int j = 0; j < values.length; j++) {
                KernelCases.assertSame(forward[j], c.quantize(values[j]), c, values[j]);
                KernelCases.assertSame(
                        gradient[j], c.passesGradient(values[j]) ? outer[j] : 0f, c, values[j]);
                expected += outer[j] * c.slope(values[j]);
                magnitude +=
                        Math.abs(outer[j] * c.slope(values[j]))
                                + Math.abs(outer[j]) * (c.qmax() - c.qmin()) * 0.1;
            }
            assertThat((double) scale.getGradient().toFloatArray()[0])
                    .as("%s", c)
                    .isCloseTo(0.125 * expected, offset(1e-6 * magnitude));
        }
    }

    /**
     * A script's executor profiles the first calls and then runs rewritten code, so one call proves
     * little.
     */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void givesTheSameGradientsOnEveryCallAndShape(Kernels kernels) {
        Random random = new Random(5);
        Case c = new Case(0, 15, 0.3f, 4);
        for (int i = 0; i < 24; i++) {
            float[] values = KernelCases.gaussian(random, 8 << (i / 4));
            NDArray x = manager.create(values);
            x.setRequiresGradient(true);
            NDArray scale = manager.create(c.scale());
            scale.setRequiresGradient(true);
            NDArray zeroPoint = manager.create((float) c.zeroPoint());
            if (i % 3 == 1) {
                assertThat(kernels.fakeQuantize(x, scale, zeroPoint, 0, 15).toFloatArray()[0])
                        .isEqualTo(c.quantize(values[0]));
            }
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                // The input is an intermediate result, as activations are, and is used again
                // afterwards.
                NDArray activation = x.mul(2);
                NDArray y =
                        i % 2 == 0
                                ? kernels.fakeQuantize(activation, scale, zeroPoint, 0, 15)
                                : kernels.fakeQuantizeLearned(
                                        activation, scale, zeroPoint, 0, 15, 1f);
                collector.backward(y.square().add(activation).sum());
            }
            float[] gradient = x.getGradient().toFloatArray();
            double slope = 0;
            for (int j = 0; j < values.length; j++) {
                float v = 2 * values[j];
                float outer = 2 * c.quantize(v);
                assertThat(gradient[j]).isEqualTo(2 * ((c.passesGradient(v) ? outer : 0f) + 1));
                slope += outer * c.slope(v);
            }
            if (i % 2 == 1) {
                assertThat((double) scale.getGradient().toFloatArray()[0])
                        .isCloseTo(slope, offset(1e-4 * values.length));
            }
        }
    }

    /** As for the first layer, whose input is data, and for a scale whose layer is frozen. */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("implementations")
    void learnsTheStepSizeWithoutAGradientToTheInputAndTheReverse(Kernels kernels) {
        Case c = new Case(-8, 7, 0.3f, 0);
        float[] values = {-9, -0.4f, 0.2f, 0.35f, 2.1f, 2.2f};
        double slope = 0;
        for (float v : values) {
            slope += c.slope(v);
        }
        for (int i = 0; i < 6; i++) {
            NDArray x = manager.create(values);
            NDArray scale = manager.create(c.scale());
            NDArray trained = i % 2 == 0 ? scale : x;
            trained.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(
                        kernels.fakeQuantizeLearned(x, scale, manager.create(0f), -8, 7, 2f).sum());
            }
            if (i % 2 == 0) {
                assertThat((double) scale.getGradient().getFloat())
                        .isCloseTo(2 * slope, offset(1e-5));
            } else {
                assertThat(x.getGradient().toFloatArray()).containsExactly(0, 1, 1, 1, 1, 0);
            }
        }
    }
}
