package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.djlqat.format.IntegerFormat;
import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
}
