package io.github.djlqat.block;

import java.nio.ByteBuffer;

/**
 * 4- and 5-bit codes rounded half up: of multiples of the extreme value, or of multiples of the
 * range above the minimum. The fifth bits of all codes are one little-endian word.
 */
record GgmlRoundCodec(int bits, boolean hasMinimum) implements GgmlCodec {

    private static final int BLOCK_SIZE = 32;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        float minimum = hasMinimum ? Extremes.least(values) : 0;
        float scale =
                hasMinimum
                        ? (Extremes.greatest(values) - minimum) / largestCode()
                        : Extremes.extreme(values, 0, BLOCK_SIZE) / -zero();
        float inverse = Extremes.inverse(scale);
        int[] codes = new int[BLOCK_SIZE];
        int fifthBits = 0;
        for (int i = 0; i < BLOCK_SIZE; i++) {
            float multiple =
                    hasMinimum
                            ? (values[i] - minimum) * inverse + 0.5f
                            : values[i] * inverse + (zero() + 0.5f);
            codes[i] = Math.min(largestCode(), (int) multiple);
            fifthBits |= (codes[i] >> 4) << i;
        }
        block.put(0, Blocks.halfBytes(scale));
        if (hasMinimum) {
            block.put(2, Blocks.halfBytes(minimum));
        }
        if (bits == 5) {
            block.putInt(codesAt() - Integer.BYTES, fifthBits);
        }
        Nibbles.writeHalves(codes, 0, BLOCK_SIZE, block, codesAt());
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        float scale = Blocks.half(block.get(0), block.get(1));
        float minimum = hasMinimum ? Blocks.half(block.get(2), block.get(3)) : 0;
        int fifthBits = bits == 5 ? block.getInt(codesAt() - Integer.BYTES) : 0;
        int[] codes = new int[BLOCK_SIZE];
        Nibbles.readHalves(block, codesAt(), codes, 0, BLOCK_SIZE);
        for (int i = 0; i < BLOCK_SIZE; i++) {
            int code = codes[i] | (fifthBits >>> i & 1) << 4;
            values[i] = hasMinimum ? code * scale + minimum : (code - zero()) * scale;
        }
    }

    private int codesAt() {
        return (hasMinimum ? 4 : 2) + (bits == 5 ? Integer.BYTES : 0);
    }

    private int zero() {
        return 1 << (bits - 1);
    }

    private int largestCode() {
        return (1 << bits) - 1;
    }
}
