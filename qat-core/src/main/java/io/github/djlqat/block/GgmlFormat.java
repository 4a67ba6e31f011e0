package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The block types of ggml and of GGUF files, byte for byte as ggml's reference quantization writes
 * them; values must be finite. Scales \( d \) and minima \( m \) are FP16 unless said otherwise,
 * but codes are computed with the unrounded ones.
 *
 * <p>Source: {@code ggml-quants.c} and {@code ggml-common.h} of <a
 * href="https://github.com/ggml-org/ggml">ggml</a>.
 */
public enum GgmlFormat implements BlockFormat {
    /** 32 4-bit codes, \( \hat x = d (q - 8) \) with \( d \) the extreme value over -8. */
    Q4_0(32, 18, new GgmlRoundCodec(4, false)),

    /** 32 4-bit codes, \( \hat x = d q + m \) with \( d = (\max - \min) / 15 \). */
    Q4_1(32, 20, new GgmlRoundCodec(4, true)),

    /** 32 5-bit codes, \( \hat x = d (q - 16) \) with \( d \) the extreme value over -16. */
    Q5_0(32, 22, new GgmlRoundCodec(5, false)),

    /** 32 5-bit codes, \( \hat x = d q + m \) with \( d = (\max - \min) / 31 \). */
    Q5_1(32, 24, new GgmlRoundCodec(5, true)),

    /** 32 8-bit codes, \( \hat x = d q \) with \( d = \max |x| / 127 \), ties away from zero. */
    Q8_0(32, 34, new GgmlByteCodec()),

    /**
     * 256 4-bit codes in 8 groups with 6-bit scales and minima, \( \hat x = d s q - d_{min} m \),
     * found by a weighted search.
     */
    Q4_K(256, 144, new GgmlQ4KCodec()),

    /**
     * 256 6-bit codes in 16 groups with 8-bit scales, \( \hat x = d s (q - 32) \), found by a
     * weighted search.
     */
    Q6_K(256, 210, new GgmlQ6KCodec()),

    /**
     * 32 codes of {@link CodebookFormat#IQ4_NL}, \( \hat x = d v \), found by a weighted search.
     */
    IQ4_NL(32, 18, new GgmlIq4NlCodec()),

    /** 256 ternary codes, five a byte in base 3, \( \hat x = d (q - 1) \), \( d = \max |x| \). */
    TQ1_0(256, 54, new GgmlTq1Codec()),

    /** 256 ternary codes of 2 bits, \( \hat x = d (q - 1) \) with \( d = \max |x| \). */
    TQ2_0(256, 66, new GgmlTq2Codec()),

    /**
     * 32 codes of E2M1, each the first of the nearest values, with an E8M0 scale \( 2^{\lfloor
     * \log_2 \max |x| \rfloor - 2} \), the logarithm in single precision. The scale bits 255, NaN
     * elsewhere, mean \( 2^{128} \) here.
     */
    MXFP4(32, 17, new GgmlMxFp4Codec()),

    /**
     * 64 codes of E2M1 in 4 groups with an unsigned E4M3 scale, each the first of the nearest
     * values. The scale 0x7F means zero here.
     */
    NVFP4(64, 36, new GgmlNvFp4Codec());

    private static final int MANY = 256;

    private final int blockSize;
    private final int bytes;
    private final GgmlCodec codec;

    GgmlFormat(int blockSize, int bytes, GgmlCodec codec) {
        this.blockSize = blockSize;
        this.bytes = bytes;
        this.codec = codec;
    }

    @Override
    public String formatName() {
        return "ggml-" + BlockFormatNames.lowerCase(this);
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public List<Plane> planes() {
        return List.of(new Plane("blocks", blockSize, bytes));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the values are not whole blocks, or one is not finite
     */
    @Override
    public List<byte[]> encode(float[] values) {
        Blocks.requireWholeBlocks(this, values.length);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "Value "
                                + i
                                + " is "
                                + values[i]
                                + "; "
                                + formatName()
                                + " holds finite values.");
            }
        }
        byte[] blocks = new byte[Math.toIntExact(size(values.length))];
        forBlocks(
                values.length / blockSize,
                i -> {
                    float[] block = Arrays.copyOfRange(values, i * blockSize, (i + 1) * blockSize);
                    codec.encode(block, block(blocks, i));
                });
        return List.of(blocks);
    }

    @Override
    public float[] decode(List<byte[]> planes, int count) {
        Blocks.requireWholeBlocks(this, count);
        Blocks.requireSizes(this, planes, count);
        float[] values = new float[count];
        forBlocks(
                count / blockSize,
                i -> {
                    float[] block = new float[blockSize];
                    codec.decode(block(planes.get(0), i), block);
                    System.arraycopy(block, 0, values, i * blockSize, blockSize);
                });
        return values;
    }

    /** On all processors where there are many: some codecs search. */
    private static void forBlocks(int count, IntConsumer action) {
        IntStream blocks = IntStream.range(0, count);
        (count < MANY ? blocks : blocks.parallel()).forEach(action);
    }

    private ByteBuffer block(byte[] blocks, int index) {
        return ByteBuffer.wrap(blocks, index * bytes, bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}
