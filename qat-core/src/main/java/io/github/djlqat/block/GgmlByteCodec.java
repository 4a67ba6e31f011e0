package io.github.djlqat.block;

import io.github.djlqat.format.Rounding;
import java.nio.ByteBuffer;

/** {@link GgmlFormat#Q8_0}: a scale and signed bytes. */
final class GgmlByteCodec implements GgmlCodec {

    @Override
    public void encode(float[] values, ByteBuffer block) {
        float scale = Math.abs(Extremes.extreme(values, 0, values.length)) / 127;
        float inverse = Extremes.inverse(scale);
        block.put(0, Blocks.halfBytes(scale));
        for (int i = 0; i < values.length; i++) {
            double code = Rounding.HALF_AWAY_FROM_ZERO.apply(values[i] * inverse);
            block.put(2 + i, (byte) code);
        }
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        float scale = Blocks.half(block.get(0), block.get(1));
        for (int i = 0; i < values.length; i++) {
            values[i] = block.get(2 + i) * scale;
        }
    }
}
