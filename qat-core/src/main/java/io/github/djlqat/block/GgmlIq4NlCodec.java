package io.github.djlqat.block;

import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;

/**
 * {@link GgmlFormat#IQ4_NL}: the scale is the one of several candidates that leaves the least error
 * weighted by \( x^2 \).
 *
 * <p>Candidates map the extreme value to -127 or to one of the 15 numbers \( -127 - 7 \ldots -127 +
 * 7 \), each then replaced by the least-squares scale of its codes.
 */
final class GgmlIq4NlCodec implements GgmlCodec {

    private static final CodebookFormat TABLE = CodebookFormat.IQ4_NL;
    private static final float FIRST_VALUE = -127;
    private static final int TRIES = 7;

    @Override
    public void encode(float[] values, ByteBuffer block) {
        float scale = search(values);
        block.put(0, Blocks.halfBytes(scale));
        if (Math.abs(Extremes.extreme(values, 0, values.length)) < Extremes.NEGLIGIBLE) {
            scale = 0;
        }
        float inverse = scale == 0 ? 0 : 1 / scale;
        int[] codes = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            codes[i] = CodebookCodec.encode(TABLE, inverse * values[i]);
        }
        Nibbles.writeHalves(codes, 0, codes.length, block, 2);
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        float scale = Blocks.half(block.get(0), block.get(1));
        int[] codes = new int[values.length];
        Nibbles.readHalves(block, 2, codes, 0, codes.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = CodebookCodec.decode(TABLE, codes[i]) * scale;
        }
    }

    private static float search(float[] values) {
        float extreme = Extremes.extreme(values, 0, values.length);
        if (Math.abs(extreme) < Extremes.NEGLIGIBLE) {
            return 0;
        }
        Fit first = Fit.of(values, 1 / (-extreme / FIRST_VALUE));
        float scale = first.values2 > 0 ? first.products / first.values2 : 0;
        float best = scale * first.products;
        for (int step = -TRIES; step <= TRIES; step++) {
            Fit fit = Fit.of(values, (step + FIRST_VALUE) / extreme);
            if (fit.values2 > 0 && fit.products * fit.products > best * fit.values2) {
                scale = fit.products / fit.values2;
                best = scale * fit.products;
            }
        }
        return scale;
    }

    /** The weighted sums of value times table value, and of table value squared. */
    private record Fit(float products, float values2) {

        static Fit of(float[] values, float inverse) {
            float products = 0;
            float values2 = 0;
            for (float value : values) {
                float nearest = CodebookCodec.round(TABLE, inverse * value);
                float weight = value * value;
                products += weight * nearest * value;
                values2 += weight * nearest * nearest;
            }
            return new Fit(products, values2);
        }
    }
}
