package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.util.Arrays;

/**
 * The 8-bit dynamic data type: the leading zeros of a code say the decimal exponent, the bits after
 * them a linear fraction.
 *
 * <p>For each exponent \( i = 0 \ldots 6 \), the interval \( [0.1, 1] \) is cut into \( 2^i \)
 * equal parts, whose midpoints times \( \pm 10^{i - 6} \) are values; so are 0 and 1. The unsigned
 * map has no negative values and cuts into twice as many parts. All of it is computed in single
 * precision.
 *
 * <p>Source: Dettmers et al., <i>8-bit Optimizers via Block-wise Quantization</i>, section 1.3.
 */
public final class DynamicMap {

    private static final int EXPONENTS = 7;

    /** The signed map, ascending from -0.99296875 to 0.99296875 and 1. */
    public static final CodebookFormat SIGNED = new CodebookFormat("dynamic8", values(true));

    /** The unsigned map, ascending from 0 to 0.99648440 and 1. */
    public static final CodebookFormat UNSIGNED =
            new CodebookFormat("unsigned_dynamic8", values(false));

    private DynamicMap() {}

    private static float[] values(boolean signed) {
        float[] values = new float[256];
        int next = 0;
        for (int exponent = 0; exponent < EXPONENTS; exponent++) {
            float power = (float) Math.pow(10, exponent - (EXPONENTS - 1));
            int parts = signed ? 1 << exponent : 2 << exponent;
            for (int part = 0; part < parts; part++) {
                float middle = (boundary(part, parts) + boundary(part + 1, parts)) / 2;
                values[next++] = middle * power;
                if (signed) {
                    values[next++] = -middle * power;
                }
            }
        }
        values[next++] = 0;
        values[next] = 1;
        Arrays.sort(values);
        return values;
    }

    /**
     * Counted from the nearer end, so that both ends are exact, and rounded once, as torch's {@code
     * linspace} does on processors with fused multiply-add.
     */
    private static float boundary(int index, int parts) {
        float step = (1 - 0.1f) / parts;
        return index < (parts + 1) / 2
                ? Math.fma(step, index, 0.1f)
                : Math.fma(-step, parts - index, 1f);
    }
}
