package io.github.djlqat.block;

import io.github.djlqat.format.CodebookCodec;
import java.util.Arrays;

/**
 * Scales that are quantized themselves, as QLoRA does: their mean is taken off, and blocks of 256
 * are stored as 8-bit dynamic codes \( c \) of \( (a - \mu) \cdot (1 / s) \) with \( s = \max |a -
 * \mu| \). \( \hat a = v_c s + \mu \).
 *
 * <p>The mean is summed in double precision, so it does not depend on an order of summation.
 *
 * <p>Source: Dettmers et al., <i>QLoRA: Efficient Finetuning of Quantized LLMs</i>, section 3.
 *
 * @param codes one code for each scale
 * @param scales one scale for each 256 codes
 * @param offset the mean
 */
@SuppressWarnings("ArrayRecordComponent")
record DoubleQuantization(byte[] codes, float[] scales, float offset) {

    static final int BLOCK_SIZE = 256;

    static DoubleQuantization of(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "Block "
                                + i
                                + " holds an infinity or NaN, which would spread to all blocks"
                                + " through the mean of their scales; double quantization takes"
                                + " finite values.");
            }
        }
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        float mean = values.length == 0 ? 0 : (float) (sum / values.length);
        byte[] codes = new byte[values.length];
        float[] scales = new float[(values.length + BLOCK_SIZE - 1) / BLOCK_SIZE];
        for (int block = 0; block < scales.length; block++) {
            int from = block * BLOCK_SIZE;
            float[] centred =
                    Arrays.copyOfRange(values, from, Math.min(from + BLOCK_SIZE, values.length));
            for (int i = 0; i < centred.length; i++) {
                centred[i] -= mean;
            }
            scales[block] = Blocks.absmax(centred, 0, centred.length);
            Ratio ratio = Ratio.to(scales[block]);
            for (int i = 0; i < centred.length; i++) {
                codes[from + i] =
                        (byte) CodebookCodec.encode(DynamicMap.SIGNED, ratio.of(centred[i]));
            }
        }
        return new DoubleQuantization(codes, scales, mean);
    }

    float[] dequantize() {
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            float value = CodebookCodec.decode(DynamicMap.SIGNED, codes[i] & 0xff);
            values[i] = value * scales[i / BLOCK_SIZE] + offset;
        }
        return values;
    }
}
