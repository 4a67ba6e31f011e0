package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fast path against the definition, bit for bit. */
class BitsAndBytesKernelTest {

    static Stream<Arguments> kernels() {
        return Stream.of(CodebookFormat.NF4, CodebookFormat.FP4_BITSANDBYTES)
                .flatMap(
                        codebook ->
                                Stream.of(32, 64, 4096).map(size -> Arguments.of(codebook, size)));
    }

    private static void assertSame(CodebookFormat codebook, int size, float[] numbers) {
        FloatBuffer values =
                ByteBuffer.allocateDirect(4 * numbers.length)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer()
                        .put(numbers)
                        .flip();
        int blocks = (numbers.length + size - 1) / size;
        ByteBuffer codes = ByteBuffer.allocate((numbers.length + 1) / 2);
        ByteBuffer fastCodes = ByteBuffer.allocateDirect(codes.capacity());
        FloatBuffer absmax = FloatBuffer.allocate(blocks);
        FloatBuffer fastAbsmax = FloatBuffer.allocate(blocks);
        BitsAndBytesKernel scalar = BitsAndBytesKernel.scalar(codebook, size);
        BitsAndBytesKernel fast = BitsAndBytesKernel.fast(codebook, size);
        scalar.encode(values, codes, absmax);
        fast.encode(values, fastCodes, fastAbsmax);
        assertThat(fastAbsmax).isEqualTo(absmax);
        assertThat(fastCodes).isEqualTo(codes);
        FloatBuffer decoded = FloatBuffer.allocate(numbers.length);
        FloatBuffer fastDecoded = FloatBuffer.allocate(numbers.length);
        scalar.decode(codes, absmax, decoded);
        fast.decode(codes, absmax, fastDecoded);
        for (int i = 0; i < numbers.length; i++) {
            assertThat(Float.floatToIntBits(fastDecoded.get(i)))
                    .isEqualTo(Float.floatToIntBits(decoded.get(i)));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void sameOnAnyBits(CodebookFormat codebook, int size) {
        Random random = new Random(size);
        float[] numbers = new float[1 << 18];
        for (int i = 0; i < numbers.length; i++) {
            int bits = random.nextInt();
            // Only every fourth run of a block holds infinities and NaNs.
            float value = Float.intBitsToFloat(bits);
            boolean finite = Float.isFinite(value) || i / size % 4 == 0;
            numbers[i] = finite ? value : Float.intBitsToFloat(bits & 0x807fffff);
        }
        assertSame(codebook, size, numbers);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void sameWithinOneBinadeAndForSubnormals(CodebookFormat codebook, int size) {
        Random random = new Random(size + 1);
        float[] numbers = new float[1 << 18];
        for (int i = 0; i < numbers.length; i++) {
            int exponent = i / size % 254 - 127;
            numbers[i] = (float) Math.scalb(random.nextGaussian(), exponent - 22);
        }
        assertSame(codebook, size, numbers);
    }

    /** Each midpoint, and its neighbours on both sides, as multiples of many magnitudes. */
    @ParameterizedTest
    @MethodSource("kernels")
    void sameAroundEveryMidpoint(CodebookFormat codebook, int size) {
        Random random = new Random(size + 2);
        float[] boundaries = codebook.boundaries();
        float[] numbers = new float[1 << 17];
        for (int from = 0; from < numbers.length; from += size) {
            float magnitude =
                    from == 0
                            ? 1
                            : (float) Math.scalb(1 + random.nextDouble(), from / size % 60 - 30);
            numbers[from] = random.nextBoolean() ? magnitude : -magnitude;
            for (int i = 1; i < size; i++) {
                float tie = boundaries[random.nextInt(boundaries.length)] * magnitude;
                int ulps = random.nextInt(5) - 2;
                numbers[from + i] = Float.intBitsToFloat(Float.floatToRawIntBits(tie) + ulps);
            }
        }
        assertSame(codebook, size, numbers);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void sameForEveryShortTail(CodebookFormat codebook, int size) {
        Random random = new Random(size + 3);
        for (int count = 0; count < 140; count++) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian();
            }
            assertSame(codebook, size, numbers);
        }
        assertSame(codebook, size, new float[(1 << 16) + 4096 + 33]);
    }

    @Test
    void leavesPositionsAndWhatLiesOutside() {
        FloatBuffer values = FloatBuffer.wrap(new float[] {9, 9, 1, -1, 9});
        values.position(2).limit(4);
        ByteBuffer codes = ByteBuffer.allocate(3).position(1).limit(2);
        FloatBuffer absmax = FloatBuffer.allocate(2).position(1);
        BitsAndBytesKernel kernel = BitsAndBytesKernel.fast(CodebookFormat.NF4, 64);
        kernel.encode(values, codes, absmax);
        assertThat(codes.array()).containsExactly(0, 0xf0, 0);
        assertThat(absmax.array()).containsExactly(0, 1);
        kernel.decode(codes, absmax, values);
        assertThat(values.array()).containsExactly(9, 9, 1, -1, 9);
        assertThat(values.position()).isEqualTo(2);
    }

    @Test
    void refusesBuffersThatDoNotFit() {
        BitsAndBytesKernel kernel = BitsAndBytesKernel.fast(CodebookFormat.NF4, 64);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                kernel.encode(
                                        FloatBuffer.allocate(65),
                                        ByteBuffer.allocate(33),
                                        FloatBuffer.allocate(1)))
                .withMessageContaining("33 bytes of codes and 2 magnitudes");
        assertThatThrownBy(
                        () ->
                                kernel.encode(
                                        FloatBuffer.allocate(64),
                                        ByteBuffer.allocate(32).asReadOnlyBuffer(),
                                        FloatBuffer.allocate(1)))
                .isInstanceOf(ReadOnlyBufferException.class);
    }
}
