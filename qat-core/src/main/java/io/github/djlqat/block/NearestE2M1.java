package io.github.djlqat.block;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;

/** ggml's codes of E2M1: twice their values times half the scale, the first of the nearest. */
final class NearestE2M1 {

    /** Twice the value of each code; that of code 8 is not a negative zero. */
    private static final int[] DOUBLED = new int[16];

    static {
        for (int code = 0; code < DOUBLED.length; code++) {
            DOUBLED[code] = (int) (2 * FloatCodec.decode(FloatFormat.FLOAT4_E2M1FN, code));
        }
    }

    private NearestE2M1() {}

    static int code(float value, float halfScale) {
        int best = 0;
        float least = Math.abs(DOUBLED[0] * halfScale - value);
        for (int code = 1; code < DOUBLED.length; code++) {
            float error = Math.abs(DOUBLED[code] * halfScale - value);
            if (error < least) {
                best = code;
                least = error;
            }
        }
        return best;
    }

    static float value(int code, float halfScale) {
        return DOUBLED[code] * halfScale;
    }
}
