package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;

/**
 * The least values that learned scales may take, so that training does not carry them to zero and
 * beyond.
 *
 * @param name the name of the quantizer
 * @param least the least value of each scale
 */
@SuppressWarnings("ArrayRecordComponent")
record ScaleFloor(String name, float[] least) {

    /** A learned scale may shrink to this part of the value it began with, and no further. */
    private static final float SMALLEST_PART = 1e-3f;

    /** Returns the floor of scales that begin with the values given. */
    static ScaleFloor below(String name, float... first) {
        float[] least = first.clone();
        for (int i = 0; i < least.length; i++) {
            least[i] = Math.max(Float.MIN_NORMAL, least[i] * SMALLEST_PART);
        }
        return new ScaleFloor(name, least);
    }

    /**
     * Lifts scales that fell below.
     *
     * @throws IllegalStateException if a scale is not finite
     */
    void lift(NDArray scales) {
        float[] values = scales.toFloatArray();
        boolean lifted = false;
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalStateException(
                        "The learned scale "
                                + i
                                + " of "
                                + name
                                + " has become "
                                + values[i]
                                + "; a scale is positive and finite. Lower the learning rate.");
            }
            if (values[i] < least[i]) {
                values[i] = least[i];
                lifted = true;
            }
        }
        if (lifted) {
            scales.set(values);
        }
    }
}
