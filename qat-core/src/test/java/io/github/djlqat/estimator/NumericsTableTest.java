package io.github.djlqat.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gradients by which three rules for the same forward are told apart. */
class NumericsTableTest {

    private static final float[] X = {7.4f, 7.6f, -8.4f, -8.6f, 3.3f};

    @ParameterizedTest
    @CsvSource({
        "paper, '0 0 0 0 1', -2.3",
        "method 2, '0 0 0 0 1', -2.3",
        "torch, '1 0 1 0 1', -1.3",
    })
    void differByTheirMask(String rule, String dx, float ds) {
        Estimator estimator =
                switch (rule) {
                    case "paper" -> new Lsq(-8, 7, 1, LsqRule.PAPER);
                    case "method 2" -> new Lsq(-8, 7, 1, LsqRule.METHOD_2);
                    default -> new LearnableAffine(-8, 7, 1);
                };
        Gradient gradient = run(estimator, X);
        assertThat(gradient.y()).containsExactly(7, 7, -8, -8, 3);
        assertThat(gradient.dx()).containsExactly(numbers(dx));
        assertThat(gradient.gradients().get(1)[0]).isCloseTo(ds, within(1e-5f));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, '1 1 1 1 1'",
        "INPUT, '0 0 0 0 1'",
        "CODE, '1 0 1 0 1'",
    })
    void straightThroughMasks(ClipMask mask, String dx) {
        assertThat(run(new StraightThrough(-8, 7, mask), X).dx()).containsExactly(numbers(dx));
    }

    /** Exactly at a bound the paper is outside and Method 2 inside. */
    @ParameterizedTest
    @CsvSource({"PAPER, '0 0 1', -1", "METHOD_2, '1 1 1', 0"})
    void differAtTheBounds(LsqRule rule, String dx, float ds) {
        Gradient gradient = run(new Lsq(-8, 7, 1, rule), 7, -8, 2);
        assertThat(gradient.dx()).containsExactly(numbers(dx));
        assertThat(gradient.gradients().get(1)[0]).isEqualTo(ds);
    }

    private static Gradient run(Estimator estimator, float... values) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Kernels fast = Kernels.forManager(manager)) {
            NDArray x = manager.create(values);
            NDArray scale = manager.create(1f);
            NDArray zero = manager.create(0f);
            float[] dy = new float[values.length];
            Arrays.fill(dy, 1);
            Gradient gradient = Gradient.of(fast, estimator, dy, x, scale, zero);
            Gradient portable = Gradient.of(new NDArrayKernels(), estimator, dy, x, scale, zero);
            assertThat(portable.dx()).isEqualTo(gradient.dx());
            return gradient;
        }
    }

    private static float[] numbers(String text) {
        List<Float> list = Arrays.stream(text.split(" ")).map(Float::valueOf).toList();
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        return values;
    }
}
