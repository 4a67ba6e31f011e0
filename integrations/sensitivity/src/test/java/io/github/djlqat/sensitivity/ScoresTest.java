package io.github.djlqat.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoresTest {

    /** By the definition, with probabilities of their own. */
    private static double divergence(float[] z, float[] q) {
        double sum = 0;
        double zTotal = 0;
        double qTotal = 0;
        for (int i = 0; i < z.length; i++) {
            zTotal += Math.exp(z[i]);
            qTotal += Math.exp(q[i]);
        }
        for (int i = 0; i < z.length; i++) {
            double p = Math.exp(z[i]) / zTotal;
            sum += p * Math.log(p / (Math.exp(q[i]) / qTotal));
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void divergenceIsThatOfTheDefinition(long seed) {
        Random random = new Random(seed);
        int classes = 2 + random.nextInt(6);
        float[] z = new float[classes * 3];
        float[] q = new float[z.length];
        double expected = 0;
        for (int i = 0; i < z.length; i++) {
            z[i] = 3 * (float) random.nextGaussian();
            q[i] = z[i] + (float) random.nextGaussian();
        }
        for (int row = 0; row < 3; row++) {
            expected +=
                    divergence(
                            Arrays.copyOfRange(z, row * classes, (row + 1) * classes),
                            Arrays.copyOfRange(q, row * classes, (row + 1) * classes));
        }
        assertThat(OutputKl.sum(z, q, classes)).isCloseTo(expected, within(1e-12 * classes * 3));
    }

    @Test
    void divergenceKeepsWhatFloatsWouldRoundAway() {
        // p (1-p) d^2 / 2 for two classes whose logits move by d = 2^-13.
        float[] z = {0, 0};
        float[] q = {0, 0x1p-13f};
        assertThat(OutputKl.sum(z, q, 2)).isCloseTo(0x1p-29, within(0x1p-29 * 1e-6));
    }

    @Test
    void divergenceOfLargeLogitsIsFinite() {
        assertThat(OutputKl.sum(new float[] {1e30f, 0}, new float[] {1e30f, 5}, 2)).isEqualTo(0);
        assertThat(OutputKl.sum(new float[] {-1000, 1000}, new float[] {1000, -1000}, 2))
                .isEqualTo(2000);
    }

    @Test
    void divergenceRefusesRowsThatDoNotFit() {
        assertThatThrownBy(() -> OutputKl.sum(new float[3], new float[3], 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 and 3 values, of 2 classes");
    }

    @Test
    void signalToNoiseIsThatOfExactSums() {
        Random random = new Random(5);
        float[] x = new float[100];
        float[] y = new float[100];
        BigDecimal signal = BigDecimal.ZERO;
        BigDecimal noise = BigDecimal.ZERO;
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
            y[i] = x[i] + 0.01f * (float) random.nextGaussian();
            BigDecimal exact = new BigDecimal(x[i]);
            BigDecimal difference = new BigDecimal(y[i]).subtract(exact);
            signal = signal.add(exact.multiply(exact));
            noise = noise.add(difference.multiply(difference));
        }
        double ratio = signal.divide(noise, MathContext.DECIMAL128).doubleValue();
        assertThat(SignalToNoise.of(x, y).decibels())
                .isCloseTo(10 * Math.log10(ratio), within(1e-10));
    }

    @Test
    void decibelsCountDecadesAndAreInfiniteWithoutNoise() {
        assertThat(new SignalToNoise(1000, 1).decibels()).isCloseTo(30, within(1e-12));
        assertThat(new SignalToNoise(1, 0).decibels()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Measure.LAYER_SQNR.cost(30)).isCloseTo(1e-3, within(1e-15));
        assertThat(Measure.OUTPUT_SQNR.cost(Double.POSITIVE_INFINITY)).isEqualTo(0);
        assertThat(Measure.OUTPUT_KL.cost(0.25)).isEqualTo(0.25);
    }
}
