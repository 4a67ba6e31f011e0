package io.github.djlqat.block;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.scheme.BitOrder;
import io.github.djlqat.scheme.BitPacking;
import java.util.Arrays;
import java.util.List;

/**
 * Microscaling blocks: 32 elements and one E8M0 scale \( 2^e \), stored as \( e + 127 \).
 *
 * <p>The code of \( x \) is the element's of \( x / 2^e \), rounded half to even and saturated; \(
 * \hat x = 2^e v \). A block with an infinity or NaN has the scale NaN (255) and codes of zero, so
 * that all of it decodes to NaN. Codes are a dense bit stream, lowest bits first.
 *
 * <p>Source: <i>OCP Microscaling Formats (MX) Specification</i>, version 1.0.
 *
 * @param element the element format
 * @param scaleRule how the scale is chosen
 */
public record MxFormat(MxElement element, MxScaleRule scaleRule) implements BlockFormat {

    private static final int BLOCK_SIZE = 32;
    private static final int NAN_SCALE = 255;
    private static final int SCALE_BIAS = 127;

    @Override
    public String formatName() {
        return element.formatName() + "-" + BlockFormatNames.lowerCase(scaleRule);
    }

    @Override
    public int blockSize() {
        return BLOCK_SIZE;
    }

    @Override
    public List<Plane> planes() {
        return List.of(
                new Plane("codes", BLOCK_SIZE, BLOCK_SIZE * element.bits() / 8),
                new Plane("scales", BLOCK_SIZE, 1));
    }

    /** {@inheritDoc} */
    @Override
    public List<byte[]> encode(float[] values) {
        Blocks.requireWholeBlocks(this, values.length);
        int[] codes = new int[values.length];
        byte[] scales = new byte[values.length / BLOCK_SIZE];
        for (int block = 0; block < scales.length; block++) {
            int from = block * BLOCK_SIZE;
            float absmax = Blocks.absmax(values, from, from + BLOCK_SIZE);
            if (Float.isNaN(absmax)) {
                scales[block] = (byte) NAN_SCALE;
                Arrays.fill(codes, from, from + BLOCK_SIZE, 0);
                continue;
            }
            int exponent = scaleRule.exponent(absmax, element);
            scales[block] = (byte) (exponent + SCALE_BIAS);
            for (int i = from; i < from + BLOCK_SIZE; i++) {
                codes[i] = element.encode((float) Math.scalb((double) values[i], -exponent));
            }
        }
        return List.of(BitPacking.pack(codes, element.bits(), BitOrder.LOW_BITS_FIRST), scales);
    }

    @Override
    public float[] decode(List<byte[]> planes, int count) {
        Blocks.requireWholeBlocks(this, count);
        Blocks.requireSizes(this, planes, count);
        int[] codes =
                BitPacking.unpack(planes.get(0), count, element.bits(), BitOrder.LOW_BITS_FIRST);
        byte[] scales = planes.get(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int scale = scales[i / BLOCK_SIZE] & 0xff;
            values[i] =
                    element.decode(codes[i]) * FloatCodec.decode(FloatFormat.FLOAT8_E8M0FNU, scale);
        }
        return values;
    }
}
