package io.github.djlqat.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {

    @Test
    void readsTheNameOfEveryNamedFormat() {
        assertThat(Formats.named()).hasSize(32);
        for (NumberFormat format : Formats.named()) {
            assertThat(Formats.parse(format.formatName())).isEqualTo(format);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "e4m3, float8_e4m3fn",
        "fp8-e4m3, float8_e4m3fn",
        "FLOAT8E4M3FN, float8_e4m3fn",
        "e5m2, float8_e5m2",
        "e5m2fnuz, float8_e5m2fnuz",
        "fp6_e3m2, float6_e3m2fn",
        "e2m1, float4_e2m1fn",
        "e8m0, float8_e8m0fnu",
        "e5m10, float16",
        "fp16, float16",
        "bf16, bfloat16",
        "e8m23, float32",
        "ue4m3, float7_ue4m3fn",
        "e4m3fnu, float7_ue4m3fn",
        "fp4-e3m0, float4_e3m0fn",
    })
    void readsUsualNames(String name, String canonical) {
        assertThat(Formats.parse(name).formatName()).isEqualTo(canonical);
    }

    @Test
    void readsBackTheNameOfEveryFloatFormat() {
        int legal = 0;
        for (int exponentBits = 1; exponentBits <= 8; exponentBits++) {
            for (int mantissaBits = 0; mantissaBits <= 23; mantissaBits++) {
                for (Specials specials : Specials.values()) {
                    for (int bias : new int[] {-3, 0, 1, 3, 7, 8, 15, 16, 64, 127, 128}) {
                        legal += readsBack(exponentBits, mantissaBits, bias, specials, true);
                        legal += readsBack(exponentBits, mantissaBits, bias, specials, false);
                    }
                }
            }
        }
        assertThat(legal).isGreaterThan(5000);
    }

    private static int readsBack(
            int exponentBits, int mantissaBits, int bias, Specials specials, boolean signed) {
        FloatFormat format;
        try {
            format = new FloatFormat(exponentBits, mantissaBits, bias, specials, signed);
        } catch (IllegalArgumentException e) {
            return 0;
        }
        assertThat(FloatFormat.parse(format.formatName())).isEqualTo(format);
        assertThat((float) format.maxValue()).isFinite().isPositive();
        assertThat((float) format.smallestPositive()).isPositive();
        assertThat(format.maxExponent()).isEqualTo(Math.getExponent(format.maxValue()));
        return 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fp4", "int9", "e9m1", "e4", "float8_e5m3", "e4m3x", "e0m3"})
    void listsTheLegalNames(String name) {
        assertThatThrownBy(() -> Formats.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + name + "\" is not a number format; legal are int2, ")
                .hasMessageContaining(
                        "uint8, uint16, binary, ternary, nf4, fp4_bitsandbytes, iq4_nl")
                .hasMessageContaining("float4_e2m1fn");
    }

    @Test
    void refusesFloatFormatsThatDescribeNothing() {
        assertThatThrownBy(() -> FloatFormat.ieee(9, 3))
                .hasMessage("A float format has 1 to 8 exponent bits, not 9.");
        assertThatThrownBy(() -> FloatFormat.signed(4, 24, 7, Specials.FINITE_ONLY))
                .hasMessage("A float format has 0 to 23 mantissa bits, not 24.");
        assertThatThrownBy(() -> FloatFormat.ieee(4, 0)).hasMessageContaining("Without mantissa");
        assertThatThrownBy(() -> FloatFormat.signed(8, 3, 127, Specials.NAN_ONLY))
                .hasMessageContaining("The bias 127 gives e8m3 values from 2^-129 to above 2^128");
        assertThatThrownBy(() -> new FloatFormat(4, 3, 8, Specials.NAN_AS_NEGATIVE_ZERO, false))
                .hasMessageContaining("no negative zero");
        assertThatThrownBy(() -> FloatFormat.signed(1, 0, 0, Specials.NAN_ONLY))
                .hasMessageContaining("leave no positive number in e1m0");
    }

    @ParameterizedTest
    @CsvSource({
        "HALF_EVEN, 2, 4, -2, 0, 3",
        "HALF_AWAY_FROM_ZERO, 3, 4, -3, 0, 3",
        "HALF_UP, 3, 4, -2, 0, 3",
        "TOWARD_ZERO, 2, 3, -2, 0, 2",
    })
    void roundsHalves(Rounding rounding, int two, int three, int minusTwo, int below, int above) {
        assertThat(rounding.apply(2.5)).isEqualTo(two);
        assertThat(rounding.apply(3.5)).isEqualTo(three);
        assertThat(rounding.apply(-2.5)).isEqualTo(minusTwo);
        assertThat(rounding.apply(Math.nextDown(0.5))).isEqualTo(below);
        assertThat(rounding.apply(Math.nextUp(2.5))).isEqualTo(above);
        assertThat(rounding.apply(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(rounding.apply(Double.NaN)).isNaN();
        assertThat(rounding.apply(0x1p53 - 1)).isEqualTo(0x1p53 - 1);
    }
}
