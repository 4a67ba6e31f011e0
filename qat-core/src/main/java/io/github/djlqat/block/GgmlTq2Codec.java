package io.github.djlqat.block;

import java.nio.ByteBuffer;

/**
 * {@link GgmlFormat#TQ2_0}: in each run of 128 codes, byte \( i \) holds codes \( i \), \( i + 32
 * \), \( i + 64 \) and \( i + 96 \), the first in the low bits.
 */
final class GgmlTq2Codec implements GgmlCodec {

    private static final int SCALE_AT = 64;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        int[] codes = Ternary.encode(values, block, SCALE_AT);
        for (int i = 0; i < codes.length; i++) {
            int at = at(i);
            block.put(at, (byte) (block.get(at) | codes[i] << shift(i)));
        }
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        int[] codes = new int[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = block.get(at(i)) >> shift(i) & 3;
        }
        Ternary.decode(codes, block, SCALE_AT, values);
    }

    private static int at(int index) {
        return index / 128 * 32 + index % 32;
    }

    private static int shift(int index) {
        return index % 128 / 32 * 2;
    }
}
