package io.github.djlqat.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FloatCodecTest {

    private static final float INFINITY = Float.POSITIVE_INFINITY;

    static Stream<FloatFormat> formats() {
        return Stream.concat(
                Formats.named().stream()
                        .filter(FloatFormat.class::isInstance)
                        .map(FloatFormat.class::cast),
                Stream.of("e3m4", "e1m6finite", "e3m0", "ue4m3", "e4m3b-3fn", "e2m5nan", "e4m3ieee")
                        .map(FloatFormat::parse));
    }

    /** Saturating casts in every mode against a search among the sorted values. */
    @ParameterizedTest
    @MethodSource("formats")
    void roundsToTheNeighbourThatTheModeNames(FloatFormat format) {
        double[] values = FloatSamples.values(format);
        float[] samples = FloatSamples.neighbours(format);
        // Of the large formats a part that still meets values, ties and both their neighbours.
        int stride = values.length > 1000 ? 31 : 1;
        for (int i = 0; i < samples.length; i += stride) {
            float x = samples[i];
            if (!Float.isNaN(x)) {
                for (Rounding rounding : Rounding.values()) {
                    if (rounding != Rounding.STOCHASTIC) {
                        float rounded = FloatCodec.round(format, x, rounding, Overflow.SATURATE);
                        if (rounded != search(values, format, x, rounding)) {
                            assertThat(rounded)
                                    .as("%s %s", rounding, x)
                                    .isEqualTo((float) search(values, format, x, rounding));
                        }
                    }
                }
            }
        }
    }

    private static double search(double[] values, FloatFormat format, double x, Rounding rounding) {
        int place = Arrays.binarySearch(values, x + 0.0);
        if (place >= 0) {
            return values[place];
        }
        int above = -place - 1;
        if (above == 0 || above == values.length) {
            return values[above == 0 ? 0 : values.length - 1];
        }
        double lower = values[above - 1];
        double upper = values[above];
        double towardZero = x < 0 ? upper : lower;
        double awayFromZero = x < 0 ? lower : upper;
        double midpoint = (lower + upper) / 2;
        if (rounding == Rounding.TOWARD_ZERO) {
            return towardZero;
        }
        if (x != midpoint) {
            return x < midpoint ? lower : upper;
        }
        return switch (rounding) {
            case HALF_UP -> upper;
            case HALF_AWAY_FROM_ZERO -> awayFromZero;
            default -> isEven(format, lower, towardZero) ? lower : upper;
        };
    }

    /** Whether a value is an even number of the steps that follow the nearer neighbour to zero. */
    private static boolean isEven(FloatFormat format, double value, double towardZero) {
        double binade = Math.max(Math.abs(towardZero), format.smallestNormal());
        double step = Math.ulp(binade) / Math.ulp(1.0) * format.epsilon();
        return value / step % 2 == 0;
    }

    @ParameterizedTest
    @CsvSource({
        "float8_e4m3fn, 464, 448, 448",
        "float8_e4m3fn, 464.00003, 448, NaN",
        "float8_e4m3fn, -Infinity, -448, NaN",
        "float8_e5m2, 61439.996, 57344, 57344",
        "float8_e5m2, 61440, 57344, Infinity",
        "float8_e5m2, -Infinity, -57344, -Infinity",
        "float8_e4m3fnuz, 248, 240, NaN",
        "float8_e4m3fnuz, 247.99998, 240, 240",
        "float8_e5m2fnuz, Infinity, 57344, NaN",
        "float4_e2m1fn, Infinity, 6, 6",
        "float6_e2m3fn, -1e30, -7.5, -7.5",
        "bfloat16, 3.4e38, 3.3895314e38, Infinity",
        "ue4m3, -1, 0, NaN",
        "ue4m3, -0.0009, 0, 0",
        "ue4m3, -Infinity, 0, NaN",
        "float8_e8m0fnu, 0, 5.877472e-39, NaN",
        "float8_e8m0fnu, -4, 5.877472e-39, NaN",
        "float8_e8m0fnu, 1e-40, 5.877472e-39, 5.877472e-39",
        "float8_e8m0fnu, 6e-39, 5.877472e-39, 5.877472e-39",
        "float8_e8m0fnu, 3e38, 1.7014118e38, NaN",
    })
    void overflowsAsItIsTold(String name, float x, Float saturated, Float nonFinite) {
        FloatFormat format = FloatFormat.parse(name);
        assertThat(FloatCodec.round(format, x, Rounding.HALF_EVEN, Overflow.SATURATE))
                .isEqualTo(saturated);
        assertThat(FloatCodec.round(format, x, Rounding.HALF_EVEN, Overflow.NON_FINITE))
                .isEqualTo(nonFinite);
    }

    @Test
    void neverRoundsFiniteNumbersTowardZeroToInfinity() {
        FloatFormat format = FloatFormat.FLOAT8_E5M2;
        assertThat(FloatCodec.round(format, 1e30f, Rounding.TOWARD_ZERO, Overflow.NON_FINITE))
                .isEqualTo(57344f);
        assertThat(FloatCodec.round(format, INFINITY, Rounding.TOWARD_ZERO, Overflow.NON_FINITE))
                .isEqualTo(INFINITY);
    }

    @ParameterizedTest
    @CsvSource({
        "float16, 7e00, fe00",
        "bfloat16, 7fc0, ffc0",
        "float8_e5m2, 7e, fe",
        "float8_e4m3fn, 7f, ff",
        "float8_e4m3fnuz, 80, 80",
        "float8_e8m0fnu, ff, ff",
        "float4_e2m1fn, 0, 0",
        "float6_e3m2fn, 0, 0",
    })
    void keepsNaNWhereThereIsOneAndItsSignWhereThereAreTwo(
            String name, String positive, String negative) {
        FloatFormat format = FloatFormat.parse(name);
        for (Overflow overflow : Overflow.values()) {
            assertThat(encode(format, Float.NaN, overflow))
                    .isEqualTo(Integer.parseInt(positive, 16));
            assertThat(encode(format, Float.intBitsToFloat(0xffc00001), overflow))
                    .isEqualTo(Integer.parseInt(negative, 16));
        }
    }

    private static int encode(FloatFormat format, float x, Overflow overflow) {
        return FloatCodec.encode(format, x, Rounding.HALF_EVEN, overflow);
    }

    @Test
    void keepsEveryFloatInTheFormatOfFloats() {
        FloatFormat format = FloatFormat.parse("float32");
        for (float x : FloatSamples.random()) {
            if (!Float.isNaN(x)) {
                int code = encode(format, x, Overflow.NON_FINITE);
                if (code != Float.floatToRawIntBits(x) || FloatCodec.decode(format, code) != x) {
                    fail("%s became 0x%x", x, code);
                }
            }
        }
    }

    @Test
    void cutsTheLowBitsOfAFloatWhereTheFormatIsItsUpperPart() {
        for (float x : FloatSamples.random()) {
            if (!Float.isNaN(x)) {
                int code =
                        FloatCodec.encode(
                                FloatFormat.TF32, x, Rounding.TOWARD_ZERO, Overflow.NON_FINITE);
                if (code != Float.floatToRawIntBits(x) >>> 13) {
                    fail("%s became 0x%x", x, code);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void roundsUpStochasticallyExactlyWhereTheUniformNumberReachesTheRest(FloatFormat format) {
        double[] values = FloatSamples.values(format);
        for (int i = 0; i + 1 < Math.min(values.length, 2000); i++) {
            float quarter = (float) (values[i] + (values[i + 1] - values[i]) / 4);
            assertThat((double) stochastic(format, quarter, Math.nextDown(0.75)))
                    .isEqualTo(values[i]);
            assertThat((double) stochastic(format, quarter, 0.75)).isEqualTo(values[i + 1]);
            assertThat((double) stochastic(format, (float) values[i], Math.nextDown(1.0)))
                    .isEqualTo(values[i]);
        }
    }

    private static float stochastic(FloatFormat format, float x, double uniform) {
        return FloatCodec.decode(
                format,
                FloatCodec.encode(format, x, Rounding.STOCHASTIC, Overflow.SATURATE, uniform));
    }

    @Test
    void roundsStochasticallyWithoutBiasAndTheSameForTheSameSeed() {
        FloatFormat format = FloatFormat.FLOAT8_E4M3FN;
        int count = 200_000;
        for (float x : List.of(1.03f, -100.7f, 0.0013f, 0.9999f)) {
            double[] sums = new double[2];
            for (int run = 0; run < 2; run++) {
                SplittableRandom random = new SplittableRandom(7);
                for (int i = 0; i < count; i++) {
                    int code =
                            FloatCodec.encode(
                                    format, x, Rounding.STOCHASTIC, Overflow.SATURATE, random);
                    sums[run] += FloatCodec.decode(format, code);
                }
            }
            double step = Math.max(Math.abs(x) / 8, 0x1p-9);
            assertThat(sums[0]).isEqualTo(sums[1]);
            assertThat(sums[0] / count).isCloseTo(x, within(4 * step / 2 / Math.sqrt(count)));
        }
    }

    @Test
    void refusesWhatHasNoMeaning() {
        FloatFormat format = FloatFormat.FLOAT4_E2M1FN;
        assertThatThrownBy(
                        () -> FloatCodec.encode(format, 0, Rounding.STOCHASTIC, Overflow.SATURATE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("uniform number in [0, 1)");
        assertThatThrownBy(() -> stochastic(format, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 1.0");
        assertThatThrownBy(() -> FloatCodec.decode(format, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0x10 is no code of the 4-bit format float4_e2m1fn.");
        assertThatThrownBy(() -> FloatCodec.decode(FloatFormat.FLOAT8_E8M0FNU, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
