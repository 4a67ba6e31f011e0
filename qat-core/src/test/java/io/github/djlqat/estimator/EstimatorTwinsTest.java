package io.github.djlqat.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the TorchScript form of every estimator against its definition in array operations. */
class EstimatorTwinsTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels FAST = Kernels.forManager(ROOT);
    private static final Kernels PORTABLE = new NDArrayKernels();

    private NDManager manager;

    static List<Estimator> estimators() {
        return EstimatorCases.all();
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
    @MethodSource("estimators")
    void bothFormsAgree(Estimator estimator) {
        Random random = new Random(40);
        Shape[][] shapes = {
            {new Shape(35), new Shape(1)},
            {new Shape(5, 7), new Shape()},
            {new Shape(5, 7), new Shape(5, 1)},
            {new Shape(5, 1, 7, 2), new Shape(1, 1, 7, 1)},
            {new Shape(257, 300), new Shape(257, 1)},
        };
        for (Shape[] shape : shapes) {
            int n = (int) shape[0].size();
            float[] x = EstimatorCases.gaussian(random, n);
            float[] dy = EstimatorCases.gaussian(random, n);
            NDArray[] inputs =
                    EstimatorCases.array(
                            EstimatorCases.inputs(
                                    manager, random, estimator, x, shape[0], shape[1]));
            Gradient fast = Gradient.of(FAST, estimator, dy, inputs);
            Gradient portable = Gradient.of(PORTABLE, estimator, dy, inputs);
            assertThat(plusZero(fast.y())).isEqualTo(plusZero(portable.y()));
            for (int i = 0; i < inputs.length; i++) {
                assertClose(fast.gradients().get(i), portable.gradients().get(i), n);
            }
        }
    }

    private static float[] plusZero(float[] values) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += 0f;
        }
        return result;
    }

    /** One-element and broadcast operands only differ in the order of sums. */
    private static void assertClose(float[] actual, float[] expected, int n) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            double scale = Math.max(expected.length == n ? 1 : Math.sqrt(n), Math.abs(expected[i]));
            assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-6 * scale));
        }
    }

    @ParameterizedTest
    @MethodSource("estimators")
    void specialValuesGoTheSameWay(Estimator estimator) {
        float[] x = {
            0f,
            -0f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            1e30f,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            1f,
            -1f
        };
        NDList inputs =
                EstimatorCases.inputs(
                        manager, new Random(41), estimator, x, new Shape(12), new Shape(1));
        float[] fast = FAST.run(manager, estimator, inputs).toFloatArray();
        float[] portable = PORTABLE.run(manager, estimator, inputs).toFloatArray();
        for (int i = 0; i < x.length; i++) {
            // Zeros are equal whatever their sign.
            assertThat(fast[i] == portable[i] || Float.isNaN(fast[i]) && Float.isNaN(portable[i]))
                    .as("%s of %s: %s and %s", estimator, x[i], fast[i], portable[i])
                    .isTrue();
        }
        assertThat(fast[9]).isNaN();
    }

    @ParameterizedTest
    @MethodSource("estimators")
    void keepsTheShapeOfAnyInput(Estimator estimator) {
        Random random = new Random(42);
        for (Shape shape : new Shape[] {new Shape(1), new Shape(1, 1), new Shape(2, 3, 4)}) {
            float[] x = EstimatorCases.gaussian(random, (int) shape.size());
            NDList inputs =
                    EstimatorCases.inputs(manager, random, estimator, x, shape, new Shape(1));
            assertThat(FAST.run(manager, estimator, inputs).getShape()).isEqualTo(shape);
            assertThat(PORTABLE.run(manager, estimator, inputs).getShape()).isEqualTo(shape);
        }
    }

    @ParameterizedTest
    @MethodSource("estimators")
    void leavesNothingBehind(Estimator estimator) {
        Random random = new Random(43);
        NDList inputs =
                EstimatorCases.inputs(
                        manager,
                        random,
                        estimator,
                        EstimatorCases.gaussian(random, 8),
                        new Shape(8),
                        new Shape(1));
        int before = manager.getManagedArrays().size();
        FAST.run(manager, estimator, inputs).close();
        int constants = ROOT.getParentManager().getManagedArrays().size();
        for (int i = 0; i < 5; i++) {
            FAST.run(manager, estimator, inputs).close();
            PORTABLE.run(manager, estimator, inputs).close();
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
        assertThat(ROOT.getParentManager().getManagedArrays()).hasSize(constants);
    }

    @ParameterizedTest
    @MethodSource("estimators")
    void refusesWhatDoesNotFit(Estimator estimator) {
        NDArray x = manager.ones(new Shape(2, 3));
        NDList fits = new NDList(x);
        estimator.operands().forEach(name -> fits.add(manager.ones(new Shape(1))));
        NDList tooMany = new NDList(fits);
        tooMany.add(x);
        NDList wrongType = new NDList(fits);
        wrongType.set(0, x.toType(DataType.FLOAT64, true));
        for (NDList bad : List.of(tooMany, wrongType, new NDList())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FAST.run(manager, estimator, bad));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PORTABLE.run(manager, estimator, bad));
        }
        for (int i = 1; i < fits.size(); i++) {
            NDList misfit = new NDList(fits);
            misfit.set(i, manager.ones(new Shape(3, 2)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FAST.run(manager, estimator, misfit))
                    .withMessageContaining(estimator.operands().get(i - 1))
                    .withMessageContaining("(3, 2)");
        }
    }
}
