package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The 4-bit blocks of bitsandbytes and QLoRA: two codes a byte, the first in the high nibble, and
 * the largest magnitude of each block.
 *
 * <p>The code of \( x \) is that of the table's value nearest to \( x \cdot (1 / a) \) in single
 * precision for \( a = \max |x| \), an exact midpoint going to the lower value; \( \hat x = v a \).
 * Where \( 1 / a \) overflows, \( x / a \) takes its place. A block of zeros has \( a = 0 \) and
 * the code of zero. A block with an infinity or NaN has \( a \) NaN and the code of zero, so that
 * all of it decodes to NaN. An odd last code has zero bits behind it.
 *
 * <p>With double quantization the planes are the codes, the 8-bit codes of the magnitudes, their
 * own largest magnitudes and their mean: see {@link DoubleQuantization}.
 *
 * <p>Source: Dettmers et al., <i>QLoRA: Efficient Finetuning of Quantized LLMs</i>, section 3.
 *
 * @param codebook the 16 values, {@link CodebookFormat#NF4} or {@link
 *     CodebookFormat#FP4_BITSANDBYTES}
 * @param blockSize the number of values in a block, a power of two from 32 to 4096
 * @param doubleQuantization whether the magnitudes are quantized themselves
 */
public record BitsAndBytesFormat(CodebookFormat codebook, int blockSize, boolean doubleQuantization)
        implements BlockFormat {

    /** NormalFloat4 in blocks of 64, magnitudes in FP32. */
    public static final BitsAndBytesFormat NF4 =
            new BitsAndBytesFormat(CodebookFormat.NF4, 64, false);

    /** The 4-bit float in blocks of 64, magnitudes in FP32. */
    public static final BitsAndBytesFormat FP4 =
            new BitsAndBytesFormat(CodebookFormat.FP4_BITSANDBYTES, 64, false);

    /**
     * Checks the table and the size.
     *
     * @param codebook the 16 values, {@link CodebookFormat#NF4} or {@link
     *     CodebookFormat#FP4_BITSANDBYTES}
     * @param blockSize the number of values in a block, a power of two from 32 to 4096
     * @param doubleQuantization whether the magnitudes are quantized themselves
     * @throws IllegalArgumentException if the table is another one or the size is none of these
     */
    public BitsAndBytesFormat {
        if (!codebook.equals(CodebookFormat.NF4)
                && !codebook.equals(CodebookFormat.FP4_BITSANDBYTES)) {
            throw new IllegalArgumentException(
                    "bitsandbytes has blocks of nf4 and fp4_bitsandbytes, not of "
                            + codebook
                            + ".");
        }
        if (blockSize < 32 || blockSize > 4096 || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException(
                    "A block of bitsandbytes has a power of two from 32 to 4096 values, not "
                            + blockSize
                            + ".");
        }
    }

    /**
     * Returns this format with the magnitudes quantized or not.
     *
     * @param quantized whether the magnitudes are quantized themselves
     * @return the format
     */
    public BitsAndBytesFormat withDoubleQuantization(boolean quantized) {
        return new BitsAndBytesFormat(codebook, blockSize, quantized);
    }

    @Override
    public String formatName() {
        return (codebook.equals(CodebookFormat.NF4) ? "nf4-" : "fp4-")
                + blockSize
                + (doubleQuantization ? "-dq" : "");
    }

    @Override
    public boolean flattens() {
        return true;
    }

    @Override
    public List<Plane> planes() {
        Plane codes = new Plane("codes", 2, 1);
        if (!doubleQuantization) {
            return List.of(codes, new Plane("absmax", blockSize, Float.BYTES));
        }
        return List.of(
                codes,
                new Plane("absmax_codes", blockSize, 1),
                new Plane("absmax_scales", blockSize * DoubleQuantization.BLOCK_SIZE, Float.BYTES),
                new Plane("absmax_offset", 0, Float.BYTES));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is double quantization and a value is not finite
     */
    @Override
    public List<byte[]> encode(float[] values) {
        byte[] codes = new byte[Math.toIntExact(planes().get(0).size(values.length))];
        float[] absmax = new float[(values.length + blockSize - 1) / blockSize];
        BitsAndBytesKernel.fast(codebook, blockSize)
                .encode(FloatBuffer.wrap(values), ByteBuffer.wrap(codes), FloatBuffer.wrap(absmax));
        if (!doubleQuantization) {
            return List.of(codes, bytes(absmax));
        }
        DoubleQuantization quantized = DoubleQuantization.of(absmax);
        return List.of(
                codes,
                quantized.codes(),
                bytes(quantized.scales()),
                bytes(new float[] {quantized.offset()}));
    }

    @Override
    public float[] decode(List<byte[]> planes, int count) {
        Blocks.requireSizes(this, planes, count);
        float[] absmax =
                doubleQuantization
                        ? new DoubleQuantization(
                                        planes.get(1),
                                        floats(planes.get(2)),
                                        floats(planes.get(3))[0])
                                .dequantize()
                        : floats(planes.get(1));
        float[] values = new float[count];
        BitsAndBytesKernel.fast(codebook, blockSize)
                .decode(
                        ByteBuffer.wrap(planes.get(0)),
                        FloatBuffer.wrap(absmax),
                        FloatBuffer.wrap(values));
        return values;
    }

    /** Whether values of a block are divided, for the reciprocal of its magnitude overflows. */
    boolean mustDivide(float absmax) {
        return absmax > 0 && 1 / absmax > Float.MAX_VALUE;
    }

    /**
     * The scales of blocks.
     *
     * @throws IllegalArgumentException if there is double quantization and a value is not finite
     */
    BlockScales scales(float[] absmax) {
        float[] steps = doubleQuantization ? DoubleQuantization.of(absmax).dequantize() : absmax;
        return BlockScales.of(
                absmax,
                false,
                (largest, block, scales) ->
                        scales.set(block, Ratio.to(largest).reciprocal(), steps[block]));
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
