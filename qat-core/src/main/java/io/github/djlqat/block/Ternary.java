package io.github.djlqat.block;

import io.github.djlqat.format.Rounding;
import java.nio.ByteBuffer;

/** What ggml's ternary types share: codes 0, 1, 2 for -1, 0, 1 times the largest magnitude. */
final class Ternary {

    private Ternary() {}

    static int[] encode(float[] values, ByteBuffer block, int scaleAt) {
        float scale = Math.abs(Extremes.extreme(values, 0, values.length));
        float inverse = Extremes.inverse(scale);
        block.put(scaleAt, Blocks.halfBytes(scale));
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            codes[i] = (int) Rounding.HALF_AWAY_FROM_ZERO.apply(values[i] * inverse) + 1;
        }
        return codes;
    }

    static void decode(int[] codes, ByteBuffer block, int scaleAt, float[] values) {
        float scale = Blocks.half(block.get(scaleAt), block.get(scaleAt + 1));
        for (int i = 0; i < values.length; i++) {
            values[i] = (codes[i] - 1) * scale;
        }
    }
}
