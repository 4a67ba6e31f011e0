package io.github.djlqat.block;

/**
 * What the values of each block are brought to the elements' range by, and back.
 *
 * @param factors what the values of a block are multiplied by, or divided by
 * @param divide whether they are divided
 * @param steps what the elements are multiplied by; NaN for a block that is NaN
 */
@SuppressWarnings("ArrayRecordComponent")
record BlockScales(float[] factors, boolean divide, float[] steps) {

    /** How one block is scaled. */
    interface Scaling {
        void scale(float absmax, int block, BlockScales scales);
    }

    /** Those of blocks with the largest magnitudes given; not finite where a value is not. */
    static BlockScales of(float[] absmax, boolean divide, Scaling scaling) {
        BlockScales scales =
                new BlockScales(new float[absmax.length], divide, new float[absmax.length]);
        for (int block = 0; block < absmax.length; block++) {
            if (Float.isFinite(absmax[block])) {
                scaling.scale(absmax[block], block, scales);
            } else {
                scales.set(block, 1, Float.NaN);
            }
        }
        return scales;
    }

    void set(int block, float factor, float step) {
        factors[block] = factor;
        steps[block] = step;
    }
}
