package io.github.djlqat.block;

import java.nio.ByteBuffer;

/**
 * {@link GgmlFormat#Q6_K}: the lower 4 bits of the codes, their upper 2 bits, the 8-bit scales of
 * 16 groups and an FP16 factor.
 */
final class GgmlQ6KCodec implements GgmlCodec {

    private static final int GROUP_SIZE = 16;
    private static final int ZERO = 32;
    private static final int UPPER_AT = 128;
    private static final int SCALES_AT = 192;
    private static final int FACTOR_AT = 208;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        SymmetricFit[] fits = new SymmetricFit[values.length / GROUP_SIZE];
        float[] scales = new float[fits.length];
        for (int group = 0; group < fits.length; group++) {
            int from = group * GROUP_SIZE;
            fits[group] = SymmetricFit.search(values, from, from + GROUP_SIZE, ZERO);
            scales[group] = fits[group].scale();
        }
        float extreme = Extremes.extreme(scales, 0, scales.length);
        if (Math.abs(extreme) < Extremes.NEGLIGIBLE) {
            return;
        }
        float inverse = -128 / extreme;
        block.put(FACTOR_AT, Blocks.halfBytes(1 / inverse));
        int[] codes = new int[values.length];
        for (int group = 0; group < fits.length; group++) {
            int scale = Math.min(127, Extremes.nearest(inverse * scales[group]));
            block.put(SCALES_AT + group, (byte) scale);
            float step = step(block, group);
            for (int i = 0; i < GROUP_SIZE; i++) {
                int at = group * GROUP_SIZE + i;
                // Where the step is zero, the codes of the search stay.
                codes[at] =
                        ZERO
                                + (step == 0
                                        ? fits[group].codes()[i]
                                        : SymmetricFit.clamp(values[at] / step, ZERO));
            }
        }
        write(codes, block);
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        for (int i = 0; i < values.length; i++) {
            int lower = block.get(lowerAt(i)) >> lowerShift(i) & 0xf;
            int upper = block.get(upperAt(i)) >> upperShift(i) & 3;
            values[i] = step(block, i / GROUP_SIZE) * ((upper << 4 | lower) - ZERO);
        }
    }

    private static void write(int[] codes, ByteBuffer block) {
        for (int i = 0; i < codes.length; i++) {
            or(block, lowerAt(i), (codes[i] & 0xf) << lowerShift(i));
            or(block, upperAt(i), (codes[i] >> 4) << upperShift(i));
        }
    }

    private static void or(ByteBuffer block, int at, int bits) {
        block.put(at, (byte) (block.get(at) | bits));
    }

    private static float step(ByteBuffer block, int group) {
        return Blocks.half(block.get(FACTOR_AT), block.get(FACTOR_AT + 1))
                * block.get(SCALES_AT + group);
    }

    /** In each run of 128 codes, those of the second 64 are above those of the first 64. */
    private static int lowerAt(int index) {
        return index / 128 * 64 + index % 64;
    }

    private static int lowerShift(int index) {
        return index % 128 / 64 * 4;
    }

    private static int upperAt(int index) {
        return UPPER_AT + index / 128 * 32 + index % 32;
    }

    private static int upperShift(int index) {
        return index % 128 / 32 * 2;
    }
}
