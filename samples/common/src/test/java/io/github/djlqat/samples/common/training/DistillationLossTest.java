package io.github.djlqat.samples.common.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.evaluator.Accuracy;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillationLossTest {

    private static final int BATCH = 5;
    private static final int CLASSES = 4;

    /** The formula, one number at a time. */
    private static double loss(
            double alpha, double temperature, float[] student, float[] teacher, long[] classes) {
        double sum = 0;
        for (int n = 0; n < BATCH; n++) {
            double[] z = softmax(student, n, 1);
            double[] zSoft = softmax(student, n, temperature);
            double[] tSoft = softmax(teacher, n, temperature);
            sum += alpha * -Math.log(z[(int) classes[n]]);
            for (int c = 0; c < CLASSES; c++) {
                sum +=
                        (1 - alpha)
                                * temperature
                                * temperature
                                * tSoft[c]
                                * Math.log(tSoft[c] / zSoft[c]);
            }
        }
        return sum / BATCH;
    }

    private static double[] softmax(float[] logits, int n, double temperature) {
        double[] result = new double[CLASSES];
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
            result[c] = Math.exp(logits[n * CLASSES + c] / temperature);
            sum += result[c];
        }
        for (int c = 0; c < CLASSES; c++) {
            result[c] /= sum;
        }
        return result;
    }

    private static float[] logits(Random random) {
        float[] values = new float[BATCH * CLASSES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 3;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1, 1", "0.1, 4, 2", "0, 2, 3", "1, 4, 4", "0.7, 0.5, 5"})
    void followsItsFormulaAndSoDoesItsGradient(float alpha, float temperature, long seed) {
        Random random = new Random(seed);
        float[] student = logits(random);
        float[] teacher = logits(random);
        long[] classes = {0, 3, 1, 1, 2};
        Shape shape = new Shape(BATCH, CLASSES);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray z = manager.create(student, shape);
            z.setRequiresGradient(true);
            NDList labels = new NDList(manager.create(classes), manager.create(teacher, shape));
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss =
                        new DistillationLoss(alpha, temperature).evaluate(labels, new NDList(z));
                assertThat(loss.getShape().isScalar()).isTrue();
                double expected = loss(alpha, temperature, student, teacher, classes);
                assertThat((double) loss.getFloat())
                        .isCloseTo(expected, within(1e-5 * Math.max(1, expected)));
                collector.backward(loss);
            }
            float[] gradient = z.getGradient().toFloatArray();
            for (int i = 0; i < gradient.length; i++) {
                float[] up = student.clone();
                float[] down = student.clone();
                up[i] += 0.01f;
                down[i] -= 0.01f;
                double slope =
                        (loss(alpha, temperature, up, teacher, classes)
                                        - loss(alpha, temperature, down, teacher, classes))
                                / ((double) up[i] - down[i]);
                assertThat((double) gradient[i]).isCloseTo(slope, within(2e-4));
            }
        }
    }

    @Test
    void withoutATeacherItIsTheCrossEntropyAndAccuracyReadsBothKindsOfLabels() {
        float[] student = logits(new Random(7));
        long[] classes = {0, 3, 1, 1, 2};
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray z = manager.create(student, new Shape(BATCH, CLASSES));
            NDList hard = new NDList(manager.create(classes));
            NDList soft = new NDList(manager.create(classes), z.mul(2));
            float found = new DistillationLoss(0.3f, 4).evaluate(hard, new NDList(z)).getFloat();
            assertThat((double) found)
                    .isCloseTo(loss(1, 1, student, student, classes), within(1e-5));
            Accuracy accuracy = new Accuracy();
            assertThat(accuracy.evaluate(soft, new NDList(z)).getLong())
                    .isEqualTo(accuracy.evaluate(hard, new NDList(z)).getLong());
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> new DistillationLoss(1.5f, 1)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> new DistillationLoss(Float.NaN, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new DistillationLoss(0.5f, 0))
                .hasMessageContaining("above 0, not 0.0");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList labels = new NDList(manager.create(new long[2]), manager.zeros(new Shape(2, 5)));
            NDList predictions = new NDList(manager.zeros(new Shape(2, 4)));
            assertThatThrownBy(() -> new DistillationLoss(0.5f, 1).evaluate(labels, predictions))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(2, 5)")
                    .hasMessageContaining("(2, 4)");
        }
    }
}
