package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.djlqat.format.IntegerFormat;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BitPackingTest {

    static Stream<IntegerFormat> formats() {
        return ScaleRuleTest.formats();
    }

    /**
     * Every ordered pair of codes, followed by a tail of each length up to a byte's worth of bits.
     */
    private static byte[] everyPair(IntegerFormat format, int tail) {
        int codes = format.qmax() - format.qmin() + 1;
        byte[] all = new byte[2 * codes * codes + tail];
        for (int i = 0; i < all.length; i++) {
            int pair = i / 2 % (codes * codes);
            all[i] = (byte) (format.qmin() + (i % 2 == 0 ? pair / codes : pair % codes));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyPairOfCodesSurvives(IntegerFormat format) {
        for (int tail = 0; tail < 8; tail++) {
            byte[] codes = everyPair(format, tail);
            byte[] packed = BitPacking.pack(codes, format);
            assertThat(packed).hasSize((codes.length * format.bits() + 7) / 8);
            assertThat(BitPacking.unpack(packed, codes.length, format)).isEqualTo(codes);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void theBytesAreTheLittleEndianNumberOfTheBitStream(IntegerFormat format) {
        byte[] codes = new byte[37];
        BigInteger stream = BigInteger.ZERO;
        for (int i = 0; i < codes.length; i++) {
            int code = format.qmin() + i * 5 % (format.qmax() - format.qmin() + 1);
            codes[i] = (byte) code;
            stream =
                    stream.or(
                            BigInteger.valueOf(Math.floorMod(code, 1 << format.bits()))
                                    .shiftLeft(i * format.bits()));
        }
        byte[] packed = BitPacking.pack(codes, format);
        for (int i = 0; i < packed.length; i++) {
            assertThat(packed[i]).isEqualTo(stream.shiftRight(8 * i).byteValue());
        }
    }

    @Test
    void elementZeroIsInTheLowBits() {
        assertThat(BitPacking.pack(new byte[] {1, 2, -1}, IntegerFormat.INT4))
                .containsExactly(0x21, 0x0f);
        assertThat(BitPacking.pack(new byte[] {0, 1, 2, 3}, IntegerFormat.parse("uint2")))
                .containsExactly(0xe4);
    }

    @Test
    void refusesCodesOutsideTheFormatAndWrongSizes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.pack(new byte[] {0, 8}, IntegerFormat.INT4))
                .withMessageContaining("Code 1 is 8");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                BitPacking.unpack(
                                        new byte[] {8},
                                        1,
                                        IntegerFormat.INT4.withNarrowRange(true)))
                .withMessageContaining("Code 0 is -8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.unpack(new byte[2], 5, IntegerFormat.INT4))
                .withMessageContaining("2 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.unpack(new byte[0], -1, IntegerFormat.INT4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 19, 24, 31, 32})
    void bothOrdersAreTheNumberOfTheBitStream(int bits) {
        Random random = new Random(bits);
        for (int count = 0; count < 40; count++) {
            int[] codes = random.ints(count).map(code -> code >>> (32 - bits)).toArray();
            StringBuilder lowFirst = new StringBuilder();
            StringBuilder highFirst = new StringBuilder();
            for (int code : codes) {
                String digits =
                        String.format("%" + bits + "s", Integer.toBinaryString(code))
                                .replace(' ', '0');
                lowFirst.insert(0, digits);
                highFirst.append(digits);
            }
            int size = (count * bits + 7) / 8;
            highFirst.append("0".repeat(8 * size - count * bits));
            byte[] low = BitPacking.pack(codes, bits, BitOrder.LOW_BITS_FIRST);
            byte[] high = BitPacking.pack(codes, bits, BitOrder.HIGH_BITS_FIRST);
            assertThat(low).hasSize(size);
            assertThat(high).hasSize(size);
            for (int i = 0; i < size; i++) {
                assertThat(low[i]).isEqualTo(number(lowFirst).shiftRight(8 * i).byteValue());
                assertThat(high[i])
                        .isEqualTo(number(highFirst).shiftRight(8 * (size - 1 - i)).byteValue());
            }
            assertThat(BitPacking.unpack(low, count, bits, BitOrder.LOW_BITS_FIRST))
                    .isEqualTo(codes);
            assertThat(BitPacking.unpack(high, count, bits, BitOrder.HIGH_BITS_FIRST))
                    .isEqualTo(codes);
        }
    }

    private static BigInteger number(CharSequence digits) {
        return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits.toString(), 2);
    }

    @Test
    void firstNibbleIsLowOrHigh() {
        int[] codes = {1, 2, 3};
        assertThat(BitPacking.pack(codes, 4, BitOrder.LOW_BITS_FIRST)).containsExactly(0x21, 3);
        assertThat(BitPacking.pack(codes, 4, BitOrder.HIGH_BITS_FIRST)).containsExactly(0x12, 0x30);
    }

    @Test
    void refusesCodesThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.pack(new int[] {1, 16}, 4, BitOrder.LOW_BITS_FIRST))
                .withMessage("Code 1 is 0x10, which has more than 4 bits.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.unpack(new byte[2], 3, 0, BitOrder.HIGH_BITS_FIRST))
                .withMessageContaining("1 to 32 bits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitPacking.unpack(new byte[3], 3, 4, BitOrder.HIGH_BITS_FIRST))
                .withMessageContaining("take 2");
    }
}
