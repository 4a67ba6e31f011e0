package io.github.djlqat.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.Kernels;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds each estimator's gradients against central differences, in scalar double precision, of its
 * surrogate: the quantizer with what rounding adds held constant.
 */
class FiniteDifferencesTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels KERNELS = Kernels.forManager(ROOT);
    private static final double STEP = 1e-6;

    /** The surrogate at p, for rounding errors taken at the point p0: the input, then operands. */
    private interface Surrogate {
        double at(double[] p, double[] p0);
    }

    private record Case(Estimator estimator, Surrogate surrogate, float... operands) {}

    static List<Case> cases() {
        return List.of(
                new Case(new StraightThrough(-8, 7, ClipMask.NONE), (p, p0) -> p[0], 0.3f, 2),
                new Case(
                        new StraightThrough(-8, 7, ClipMask.INPUT),
                        (p, p0) -> clamp(p[0], -10 * 0.3f, 5 * 0.3f),
                        0.3f,
                        2),
                new Case(
                        new StraightThrough(-8, 7, ClipMask.CODE),
                        (p, p0) -> clamp(p[0], -10.5 * 0.3f, 5.5 * 0.3f),
                        0.3f,
                        2),
                new Case(
                        new Lsq(-8, 7, 1, LsqRule.PAPER),
                        (p, p0) -> lsq(p, p0, -8 - 2, 7 - 2),
                        0.3f,
                        2),
                new Case(
                        new Lsq(0, 15, 1, LsqRule.METHOD_2), (p, p0) -> lsq(p, p0, 0, 15), 0.2f, 0),
                new Case(new LsqPlus(-4, 3, 1), FiniteDifferencesTest::lsqPlus, 0.4f, 0.3f),
                new Case(new Pact(3), (p, p0) -> clamp(p[0], 0, p[1]), 1.7f),
                new Case(new DoReFaActivations(3), (p, p0) -> clamp(p[0], 0, 1)),
                new Case(
                        new Apot(ApotLevels.of(4, 2), true),
                        (p, p0) -> {
                            double r0 = p0[0] / p0[1];
                            double error = apot(r0) - clamp(r0, -1, 1);
                            // The gradient to a weight is not clipped, that to alpha is.
                            double inside = clamp(p0[0] / p[1], -1, 1) + error;
                            return p[1] * inside + p[0] - p0[0];
                        },
                        1.3f),
                new Case(
                        new Apot(ApotLevels.of(4, 2), false),
                        (p, p0) -> {
                            double r0 = p0[0] / p0[1];
                            double error = apot(clamp(r0, 0, 1)) - clamp(r0, 0, 1);
                            return p[1] * (clamp(p[0] / p[1], 0, 1) + error);
                        },
                        1.3f),
                new Case(new BinaryConnect(), (p, p0) -> clamp(p[0], -1, 1)),
                new Case(new BitNetWeights(), (p, p0) -> p[0]),
                new Case(new PerTokenInt8(), (p, p0) -> p[0]),
                new Case(
                        new MinMaxVars(8, false),
                        // 0 is a code of this range, so that it is not moved.
                        (p, p0) -> Math.max(Math.min(p[0], p[2]), p[1]),
                        -1f,
                        1.55f),
                new Case(new LearnedBitWidth(), FiniteDifferencesTest::bitWidth, 0.23f, 1.9f),
                new Case(new AdditiveNoise(), (p, p0) -> p[0] + p[1] * (p[2] - 0.5), 0.3f, 0.7f),
                new Case(new QuantNoise(-8, 7, 0.5f), (p, p0) -> p[0], 0.3f, 0, 0.2f));
    }

    private static double lsq(double[] p, double[] p0, int lowest, int highest) {
        double bounded = clamp(p0[0] / p0[1], lowest, highest);
        double error = Math.rint(bounded) - bounded;
        return p[1] * (clamp(p[0] / p[1], lowest, highest) + error);
    }

    private static double lsqPlus(double[] p, double[] p0) {
        double bounded = clamp((p0[0] - p0[2]) / p0[1], -4, 3);
        double error = Math.rint(bounded) - bounded;
        return p[1] * (clamp((p[0] - p[2]) / p[1], -4, 3) + error) + p[2];
    }

    private static double bitWidth(double[] p, double[] p0) {
        if (Math.abs(p0[0]) > p0[2]) {
            return Math.signum(p0[0]) * p[2];
        }
        double ratio = Math.abs(p0[0]) / p0[1];
        double error = (Math.floor(ratio + 0.5) - ratio) * Math.signum(p0[0]);
        return p[0] + p[1] * error;
    }

    private static double apot(double r) {
        double nearest = 0;
        for (double level : ApotLevels.of(4, 2).values()) {
            if (Math.abs(Math.abs(r) - level) < Math.abs(Math.abs(r) - nearest)) {
                nearest = level;
            }
        }
        return Math.copySign(nearest, r);
    }

    private static double clamp(double x, double lowest, double highest) {
        return Math.max(lowest, Math.min(highest, x));
    }

    @AfterAll
    static void closeAll() {
        KERNELS.close();
        ROOT.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchTheSurrogate(Case c) {
        Random random = new Random(50);
        float[] x = EstimatorCases.gaussian(random, 400);
        float[] dy = EstimatorCases.gaussian(random, 400);
        float[] operands = c.operands();
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray[] inputs = new NDArray[operands.length + 1];
            inputs[0] = manager.create(x);
            for (int i = 0; i < operands.length; i++) {
                inputs[i + 1] = manager.create(operands[i]);
            }
            Gradient actual = Gradient.of(KERNELS, c.estimator(), dy, inputs);
            double[] sums = new double[operands.length];
            for (int i = 0; i < x.length; i++) {
                double[] at = point(x[i], operands);
                assertThat((double) actual.dx()[i])
                        .as("%s at %s", c.estimator(), x[i])
                        .isCloseTo(dy[i] * slope(c.surrogate(), at, 0), within(1e-5));
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += dy[i] * slope(c.surrogate(), at, j + 1);
                }
            }
            for (int j = 0; j < sums.length; j++) {
                if (isLearned(c.estimator().operands().get(j))) {
                    assertThat((double) actual.gradients().get(j + 1)[0])
                            .as("%s of %s", c.estimator().operands().get(j), c.estimator())
                            .isCloseTo(learns(c.estimator()) ? sums[j] : 0, within(2e-3));
                }
            }
        }
    }

    private static boolean isLearned(String operand) {
        return !operand.equals("zero point") && !operand.equals("noise");
    }

    private static boolean learns(Estimator estimator) {
        return !(estimator instanceof StraightThrough || estimator instanceof QuantNoise);
    }

    private static double[] point(float x, float[] operands) {
        double[] at = new double[operands.length + 1];
        at[0] = x;
        for (int i = 0; i < operands.length; i++) {
            at[i + 1] = operands[i];
        }
        return at;
    }

    private static double slope(Surrogate surrogate, double[] at, int coordinate) {
        double[] above = at.clone();
        double[] below = at.clone();
        above[coordinate] += STEP;
        below[coordinate] -= STEP;
        return (surrogate.at(above, at) - surrogate.at(below, at)) / (2 * STEP);
    }

    /** Every weight moves the maximum that all are divided by, if it is the largest. */
    @Test
    void doReFaWeightsDifferentiateThroughTangentAndMaximum() {
        float[] w = EstimatorCases.gaussian(new Random(51), 20);
        float[] dy = EstimatorCases.gaussian(new Random(52), 20);
        try (NDManager manager = ROOT.newSubManager()) {
            float[] dx = Gradient.of(KERNELS, new DoReFaWeights(3), dy, manager.create(w)).dx();
            for (int i = 0; i < w.length; i++) {
                double slope = (doReFaLoss(w, dy, i, STEP) - doReFaLoss(w, dy, i, -STEP));
                assertThat((double) dx[i]).isCloseTo(slope / (2 * STEP), within(1e-4));
            }
        }
    }

    private static double doReFaLoss(float[] w, float[] dy, int moved, double by) {
        double largest = 0;
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
            double t = Math.tanh(w[i] + (i == moved ? by : 0));
            largest = Math.max(largest, Math.abs(t));
            sum += dy[i] * t;
        }
        return sum / largest;
    }

    @Test
    void xnorNetHasThePapersFormula() {
        float[] w = {0.5f, -0.25f, 2f, -1f, 0.125f, -3f};
        float[] dy = {1, 2, 3, 4, 5, 6};
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray x = manager.create(w, new Shape(2, 3));
            Gradient actual = Gradient.of(KERNELS, new XnorNet(), dy, x);
            float first = 2.75f / 3;
            float second = 4.125f / 3;
            assertThat(actual.y()).containsExactly(first, -first, first, -second, second, -second);
            float third = 1f / 3;
            assertThat(actual.dx())
                    .containsExactly(
                            new float[] {
                                first + third,
                                2 * (first + third),
                                3 * third,
                                4 * (second + third),
                                5 * (second + third),
                                6 * third
                            },
                            within(1e-6f));
        }
    }

    @Test
    void bitWidthFollowsFromStepAndLimit() {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray bits =
                    LearnedBitWidth.bitWidth(
                            manager.create(new float[] {0.5f, 1f}),
                            manager.create(new float[] {3.5f, 127f}));
            assertThat(bits.toFloatArray()).containsExactly(new float[] {4, 8}, within(1e-5f));
        }
    }

    @Test
    void apotLevelsAreThePapers() {
        assertThat(ApotLevels.of(2, 1).values()).containsExactly(0, 1.0 / 3, 2.0 / 3, 1);
        assertThat(ApotLevels.of(2, 2).values()).containsExactly(0, 0.25, 0.5, 1);
        // Sums of {0, 1, 1/4, 1/16} and {0, 1/2, 1/8, 1/32}, over 3/2.
        double[] sums = {
            0, 1 / 32.0, 1 / 16.0, 3 / 32.0, 1 / 8.0, 3 / 16.0, 1 / 4.0, 9 / 32.0, 3 / 8.0, 1 / 2.0,
            9 / 16.0, 3 / 4.0, 1, 33 / 32.0, 9 / 8.0, 3 / 2.0
        };
        double[] levels = new double[16];
        for (int i = 0; i < 16; i++) {
            levels[i] = sums[i] / 1.5;
        }
        assertThat(ApotLevels.of(4, 2).values()).containsExactly(levels);
    }
}
