package io.github.djlqat.report.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AxisTest {

    @ParameterizedTest
    @CsvSource({"0.9, 1", "1, 1", "1.1, 2", "2.1, 5", "5.1, 10", "0.021, 0.05", "730, 1000"})
    void stepsAreOneTwoAndFive(double distance, double step) {
        assertThat(Axis.step(distance)).isCloseTo(step, within(step * 1e-12));
    }

    @Test
    void aLinearAxisEndsInRoundNumbers() {
        Axis axis = Axis.linear(3, 97, 5);
        assertThat(axis.ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("0", "20", "40", "60", "80", "100");
        assertThat(axis.position(25)).isEqualTo(0.25);
        assertThat(axis.position(-5)).isZero();
        assertThat(axis.position(500)).isEqualTo(1);
    }

    @Test
    void aLogarithmicAxisPutsDecadesAtEqualDistances() {
        Axis axis = Axis.log(1, 1000, Numbers::plain);
        assertThat(axis.ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("1", "10", "100", "1000");
        assertThat(axis.position(10)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(axis.position(100)).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void anAxisOfRestsPutsNinesAtEqualDistances() {
        Axis axis = Axis.rest(0, 99.9);
        assertThat(axis.low()).isZero();
        assertThat(axis.position(90)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(axis.position(99)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(axis.position(100)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyTwoNumbersLieWithinTheirAxisInTheirOrder(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            double a = random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15);
            double b =
                    i % 10 == 0 ? a : random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15);
            double low = Math.min(a, b);
            double high = Math.max(a, b);
            Axis axis = Axis.linear(low, high, 5);
            double rounding = 1e-8 * (axis.high() - axis.low());
            assertThat(axis.low()).isLessThanOrEqualTo(low + rounding);
            assertThat(axis.high()).isGreaterThanOrEqualTo(high - rounding);
            assertThat(axis.position(low)).isBetween(0.0, axis.position(high));
            assertThat(axis.ticks()).hasSizeBetween(2, 8);
            if (low > 0) {
                Axis log = Axis.log(low, high, Numbers::plain);
                assertThat(log.low()).isLessThanOrEqualTo(low * (1 + 1e-9));
                assertThat(log.high()).isGreaterThanOrEqualTo(high * (1 - 1e-9));
                assertThat(log.position(low)).isBetween(0.0, log.position(high) + 1e-12);
                assertThat(log.ticks()).hasSizeLessThan(12);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "1234.5 | 1235",
                "0.012345 | 0.0123",
                "12.345 | 12.3",
                "0.0000123 | 1.23×10⁻⁵",
                "-2500000 | −2.50×10⁶"
            })
    void numbersHaveThreeSignificantDigits(double value, String text) {
        assertThat(Numbers.significant(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "999, 999 B",
        "1000, 1.0 kB",
        "43012, 43.0 kB",
        "999960, 1.0 MB",
        "12345678, 12.3 MB"
    })
    void bytesAreInDecimalUnits(double bytes, String text) {
        assertThat(Numbers.bytes(bytes).replace('\u00A0', ' ')).isEqualTo(text);
    }
}
