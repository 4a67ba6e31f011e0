package io.github.djlqat.block;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * {@link GgmlFormat#Q4_K}: two FP16 factors, the 6-bit scales and minima of 8 groups in 12 bytes,
 * and codes of which 32 low nibbles and 32 high nibbles take turns.
 */
final class GgmlQ4KCodec implements GgmlCodec {

    private static final int GROUPS = 8;
    private static final int GROUP_SIZE = 32;
    private static final int LARGEST_CODE = 15;
    private static final int LARGEST_SCALE = 63;
    private static final int SCALES_AT = 4;
    private static final int CODES_AT = 16;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        AffineFit[] fits = new AffineFit[GROUPS];
        float maxScale = 0;
        float maxMinimum = 0;
        for (int group = 0; group < GROUPS; group++) {
            int from = group * GROUP_SIZE;
            float[] run = Arrays.copyOfRange(values, from, from + GROUP_SIZE);
            fits[group] = AffineFit.search(run, weights(run), LARGEST_CODE);
            maxScale = Math.max(maxScale, fits[group].scale());
            maxMinimum = Math.max(maxMinimum, fits[group].minimum());
        }
        block.put(0, Blocks.halfBytes(maxScale / LARGEST_SCALE));
        block.put(2, Blocks.halfBytes(maxMinimum / LARGEST_SCALE));
        float scaleInverse = maxScale > 0 ? LARGEST_SCALE / maxScale : 0;
        float minimumInverse = maxMinimum > 0 ? LARGEST_SCALE / maxMinimum : 0;
        int[] codes = new int[values.length];
        for (int group = 0; group < GROUPS; group++) {
            AffineFit fit = fits[group];
            int scale = sixBits(scaleInverse * fit.scale());
            int minimum = sixBits(minimumInverse * fit.minimum());
            writeScale(block, group, scale, minimum);
            encodeGroup(values, group, fit, step(block, scale), offset(block, minimum), codes);
        }
        for (int from = 0; from < values.length; from += 2 * GROUP_SIZE) {
            Nibbles.writeHalves(codes, from, 2 * GROUP_SIZE, block, CODES_AT + from / 2);
        }
    }

    /** With the scales as they are stored; where the step is zero, the codes of the search stay. */
    private static void encodeGroup(
            float[] values, int group, AffineFit fit, float step, float offset, int[] codes) {
        for (int i = 0; i < GROUP_SIZE; i++) {
            int at = group * GROUP_SIZE + i;
            codes[at] =
                    step == 0
                            ? fit.codes()[i]
                            : AffineFit.clamp((values[at] + offset) / step, LARGEST_CODE);
        }
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        int[] codes = new int[values.length];
        for (int from = 0; from < values.length; from += 2 * GROUP_SIZE) {
            Nibbles.readHalves(block, CODES_AT + from / 2, codes, from, 2 * GROUP_SIZE);
        }
        for (int i = 0; i < values.length; i++) {
            int group = i / GROUP_SIZE;
            float step = step(block, scale(block, group));
            values[i] = step * codes[i] - offset(block, minimum(block, group));
        }
    }

    private static float[] weights(float[] run) {
        float squares = 0;
        for (float value : run) {
            squares += value * value;
        }
        float rootMeanSquare = (float) Math.sqrt(squares / GROUP_SIZE);
        float[] weights = new float[run.length];
        for (int i = 0; i < run.length; i++) {
            weights[i] = rootMeanSquare + Math.abs(run[i]);
        }
        return weights;
    }

    private static int sixBits(float value) {
        return Math.min(LARGEST_SCALE, Extremes.nearest(value));
    }

    private static float step(ByteBuffer block, int scale) {
        return Blocks.half(block.get(0), block.get(1)) * scale;
    }

    private static float offset(ByteBuffer block, int minimum) {
        return Blocks.half(block.get(2), block.get(3)) * minimum;
    }

    /** Those of the last four groups have their upper 2 bits above the 6 of the first four. */
    private static void writeScale(ByteBuffer block, int group, int scale, int minimum) {
        if (group < 4) {
            block.put(SCALES_AT + group, (byte) scale);
            block.put(SCALES_AT + 4 + group, (byte) minimum);
            return;
        }
        block.put(SCALES_AT + 4 + group, (byte) (scale & 0xf | (minimum & 0xf) << 4));
        or(block, SCALES_AT + group - 4, scale >> 4 << 6);
        or(block, SCALES_AT + group, minimum >> 4 << 6);
    }

    private static void or(ByteBuffer block, int at, int bits) {
        block.put(at, (byte) (block.get(at) | bits));
    }

    private static int scale(ByteBuffer block, int group) {
        return group < 4
                ? block.get(SCALES_AT + group) & 63
                : block.get(SCALES_AT + 4 + group) & 0xf
                        | (block.get(SCALES_AT + group - 4) >> 6 & 3) << 4;
    }

    private static int minimum(ByteBuffer block, int group) {
        return group < 4
                ? block.get(SCALES_AT + 4 + group) & 63
                : block.get(SCALES_AT + 4 + group) >> 4 & 0xf
                        | (block.get(SCALES_AT + group) >> 6 & 3) << 4;
    }
}
