package io.github.djlqat.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatConversionTest {

    /**
     * The definition of a binary interchange format, in doubles, which hold every number of 16 bits
     * exactly.
     */
    private static double define(int bits, int exponentBits, int mantissaBits) {
        int bias = (1 << (exponentBits - 1)) - 1;
        int exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
        double fraction = (bits & ((1 << mantissaBits) - 1)) / Math.pow(2, mantissaBits);
        double sign = (bits >> (exponentBits + mantissaBits)) == 0 ? 1 : -1;
        if (exponent == (1 << exponentBits) - 1) {
            return fraction == 0 ? sign / 0.0 : Double.NaN;
        }
        return exponent == 0
                ? sign * fraction * Math.pow(2, 1 - bias)
                : sign * (1 + fraction) * Math.pow(2, exponent - bias);
    }

    @Test
    void everyFloat16IsWidenedExactlyAndComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float wide = Float16.toFloat((short) bits);
            double expected = define(bits, 5, 10);
            assertThat(Double.doubleToLongBits(wide))
                    .as("0x%04x", bits)
                    .isEqualTo(Double.doubleToLongBits(expected));
            short back = Float16.fromFloat(wide);
            int quiet = Double.isNaN(expected) ? 0x200 : 0;
            assertThat(back).as("0x%04x", bits).isEqualTo((short) (bits | quiet));
        }
    }

    @Test
    void everyBfloat16IsWidenedExactlyAndComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float wide = BFloat16.toFloat((short) bits);
            double expected = define(bits, 8, 7);
            assertThat(Double.doubleToLongBits(wide))
                    .as("0x%04x", bits)
                    .isEqualTo(Double.doubleToLongBits(expected));
            int quiet = Double.isNaN(expected) ? 0x40 : 0;
            assertThat(BFloat16.fromFloat(wide))
                    .as("0x%04x", bits)
                    .isEqualTo((short) (bits | quiet));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void floatsAreRoundedToTheNearestTiesToEven(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50_000; i++) {
            // All exponents for bfloat16; those around binary16's range for it. Half of them have
            // few low bits: ties.
            int bits = random.nextInt();
            float any = Float.intBitsToFloat(random.nextBoolean() ? bits : bits & 0xffff8000);
            int exponent = 127 + random.nextInt(-27, 18);
            int near = (bits & 0x807fffff) | exponent << 23;
            float inRange = Float.intBitsToFloat(random.nextBoolean() ? near : near & 0xfffff000);
            if (!Float.isNaN(any)) {
                checkNearest(any, BFloat16.fromFloat(any) & 0xffff, 8, 7);
            }
            checkNearest(inRange, Float16.fromFloat(inRange) & 0xffff, 5, 10);
        }
    }

    private static void checkNearest(float value, int bits, int exponentBits, int mantissaBits) {
        int sign = 1 << (exponentBits + mantissaBits);
        assertThat((bits & sign) != 0).isEqualTo(Float.floatToRawIntBits(value) < 0);
        int magnitude = bits & (sign - 1);
        double wanted = Math.abs((double) value);
        int infinity = ((1 << exponentBits) - 1) << mantissaBits;
        assertThat(magnitude).as("%s", value).isLessThanOrEqualTo(infinity);
        // For rounding, infinity stands where the next number would.
        double here = finite(magnitude, infinity, exponentBits, mantissaBits);
        if (Double.isInfinite(wanted)) {
            assertThat(magnitude).isEqualTo(infinity);
            return;
        }
        double error = Math.abs(wanted - here);
        for (int neighbour : new int[] {magnitude - 1, magnitude + 1}) {
            if (neighbour < 0
                    || neighbour > infinity
                    || (magnitude == infinity && neighbour > magnitude)) {
                continue;
            }
            double other =
                    Math.abs(wanted - finite(neighbour, infinity, exponentBits, mantissaBits));
            boolean nearest = error < other || (error == other && magnitude % 2 == 0);
            if (magnitude == infinity && wanted > here) {
                nearest = true;
            }
            assertThat(nearest).as("%s -> 0x%04x", value, bits).isTrue();
        }
    }

    private static double finite(int magnitude, int infinity, int exponentBits, int mantissaBits) {
        if (magnitude == infinity) {
            return Math.pow(2, (1 << (exponentBits - 1)));
        }
        return define(magnitude, exponentBits, mantissaBits);
    }

    @Test
    void everyFloat8IsWidenedByItsDefinition() {
        for (int bits = 0; bits < 256; bits++) {
            double e5m2 = define(bits, 5, 2);
            assertThat(Double.doubleToLongBits(Float8.e5m2ToFloat((byte) bits)))
                    .isEqualTo(Double.doubleToLongBits(e5m2));
            int exponent = (bits >> 3) & 15;
            double fraction = (bits & 7) / 8.0;
            double e4m3 =
                    exponent == 0
                            ? fraction * Math.pow(2, -6)
                            : (1 + fraction) * Math.pow(2, exponent - 7);
            e4m3 = (bits & 0x7f) == 0x7f ? Double.NaN : bits > 127 ? -e4m3 : e4m3;
            assertThat(Double.doubleToLongBits(Float8.e4m3ToFloat((byte) bits)))
                    .isEqualTo(Double.doubleToLongBits(e4m3));
        }
    }
}
