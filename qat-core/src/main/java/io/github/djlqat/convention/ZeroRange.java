package io.github.djlqat.convention;

/** What the scale of a range becomes that would be below the smallest normal number. */
public enum ZeroRange {
    /** The least scale of the convention, and no less than the smallest normal number. */
    LEAST_SCALE,

    /** 1, so that zeros stay zeros. */
    ONE,

    /** 1 with the zero point 0, whatever the format: ONNX Runtime. */
    ONE_WITH_ZERO_POINT_0
}
