package io.github.djlqat.block;

/**
 * Who computes the scales of {@link NvFp4Format}. With \( A \) the largest magnitude of a block and
 * \( t \) the tensor scale, the block scale is \( s = \mathrm{e4m3}(\mathrm{clamp}(A / 6 / t, l,
 * 448)) \); the variants differ in the least scale \( l \), in a block of zeros and in the order of
 * single-precision operations.
 */
public enum NvFp4Variant {
    /** torchao: \( l = 2^{-6} \), codes of \( x \cdot ((1 / t) / s) \). */
    TORCHAO,

    /**
     * modelopt: the scale of a block whose quotient is zero is 1, \( l = 2^{-9} \), codes of \( x /
     * (s t) \).
     */
    MODELOPT,

    /**
     * compressed-tensors: the stored tensor scale is the reciprocal \( g = 1 / t = 448 \cdot 6 / A
     * \) of the whole tensor, \( s = \mathrm{e4m3}(\mathrm{clamp}(g (A / 6), 0, 448)) \), zeros
     * become \( 2^{-3} \), and codes are those of \( x / (s / g) \).
     */
    COMPRESSED_TENSORS;

    static final float LARGEST_CODE = 6;
    static final float LARGEST_SCALE = 448;

    /** The tensor scale as it is stored, or 1 where a tensor of zeros leaves it open. */
    float tensorScale(float absmax) {
        float scale =
                this == COMPRESSED_TENSORS
                        ? LARGEST_SCALE * LARGEST_CODE / absmax
                        : absmax / (LARGEST_SCALE * LARGEST_CODE);
        return scale > 0 && scale <= Float.MAX_VALUE ? scale : 1;
    }

    /** The block scale before it is rounded to E4M3. */
    float blockScale(float absmax, float tensorScale) {
        return switch (this) {
            case TORCHAO -> clamp(absmax / LARGEST_CODE / tensorScale, 0x1p-6f);
            case MODELOPT -> {
                float scale = absmax / (LARGEST_CODE * tensorScale);
                yield clamp(scale == 0 ? 1 : scale, 0x1p-9f);
            }
            case COMPRESSED_TENSORS -> clamp(tensorScale * (absmax / LARGEST_CODE), 0);
        };
    }

    /** Whether values are divided by {@link #factor} rather than multiplied by it. */
    boolean divides() {
        return this != TORCHAO;
    }

    /** What the values of a block are multiplied or divided by. */
    float factor(float blockScale, float tensorScale) {
        return switch (this) {
            case TORCHAO -> 1 / tensorScale / blockScale;
            case MODELOPT -> blockScale * tensorScale;
            case COMPRESSED_TENSORS -> blockScale / tensorScale;
        };
    }

    /** What a value is divided by the scales to, before it is rounded to a code. */
    float ratio(float value, float blockScale, float tensorScale) {
        float factor = factor(blockScale, tensorScale);
        return divides() ? value / factor : value * factor;
    }

    /** What the value of a code is multiplied by. */
    float step(float blockScale, float tensorScale) {
        return this == COMPRESSED_TENSORS ? blockScale / tensorScale : blockScale * tensorScale;
    }

    private static float clamp(float scale, float least) {
        return Math.max(least, Math.min(LARGEST_SCALE, scale));
    }
}
