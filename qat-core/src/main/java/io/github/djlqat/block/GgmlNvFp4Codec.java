package io.github.djlqat.block;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** {@link GgmlFormat#NVFP4}: four scales, then the codes of each group. */
final class GgmlNvFp4Codec implements GgmlCodec {

    private static final int GROUPS = 4;
    private static final int GROUP_SIZE = 16;

    /** 448. */
    private static final int LARGEST_SCALE = 0x7e;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        for (int group = 0; group < GROUPS; group++) {
            int from = group * GROUP_SIZE;
            float[] run = Arrays.copyOfRange(values, from, from + GROUP_SIZE);
            int scale = scaleCode(Math.abs(Extremes.extreme(run, 0, GROUP_SIZE)) / 6);
            block.put(group, (byte) scale);
            int[] codes = new int[GROUP_SIZE];
            for (int i = 0; i < GROUP_SIZE; i++) {
                codes[i] = NearestE2M1.code(run[i], halfScale(scale));
            }
            Nibbles.writeHalves(codes, 0, GROUP_SIZE, block, GROUPS + from / 2);
        }
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        int[] codes = new int[GROUP_SIZE];
        for (int group = 0; group < GROUPS; group++) {
            int from = group * GROUP_SIZE;
            Nibbles.readHalves(block, GROUPS + from / 2, codes, 0, GROUP_SIZE);
            for (int i = 0; i < GROUP_SIZE; i++) {
                values[from + i] = NearestE2M1.value(codes[i], halfScale(block.get(group) & 0xff));
            }
        }
    }

    /**
     * Rounds half up. Otherwise than in a cast to E4M3, a significand below the normal numbers
     * stops at 7, and all from 248 on, where the exponent reaches its end, become 448.
     */
    private static int scaleCode(float scale) {
        if (scale < 0x1p-6f) {
            return Math.min(7, (int) (scale * 512 + 0.5f));
        }
        if (scale >= 248) {
            return LARGEST_SCALE;
        }
        int bits = Float.floatToRawIntBits(scale);
        int exponent = (bits >> 23) - 127 + 7;
        return (exponent << 3 | bits >> 20 & 7) + (bits >> 19 & 1);
    }

    /** An exponent of 4 bits and a fraction of 3; the bit above them counts for nothing. */
    private static float halfScale(int scale) {
        if (scale == 0x7f) {
            return 0;
        }
        int exponent = scale >> 3 & 0xf;
        int fraction = scale & 7;
        return exponent == 0
                ? Math.scalb((float) fraction, -10)
                : Math.scalb((float) (fraction | 8), exponent - 11);
    }
}
