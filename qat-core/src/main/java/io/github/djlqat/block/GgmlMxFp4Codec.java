package io.github.djlqat.block;

import java.nio.ByteBuffer;

/** {@link GgmlFormat#MXFP4}: the scale, then the codes. */
final class GgmlMxFp4Codec implements GgmlCodec {

    @Override
    public void encode(float[] values, ByteBuffer block) {
        float absmax = Math.abs(Extremes.extreme(values, 0, values.length));
        int scale = absmax > 0 ? Math.max(0, log2(absmax) - 2 + 127) : 0;
        block.put(0, (byte) scale);
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            codes[i] = NearestE2M1.code(values[i], halfScale(scale));
        }
        Nibbles.writeHalves(codes, 0, codes.length, block, 1);
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        int[] codes = new int[values.length];
        Nibbles.readHalves(block, 1, codes, 0, codes.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = NearestE2M1.value(codes[i], halfScale(block.get(0) & 0xff));
        }
    }

    /** The logarithm is rounded to single precision first, so it may reach the next integer. */
    private static int log2(float value) {
        return (int) Math.floor((float) (Math.log(value) / Math.log(2)));
    }

    private static float halfScale(int scale) {
        return Math.scalb(1f, scale - 128);
    }
}
