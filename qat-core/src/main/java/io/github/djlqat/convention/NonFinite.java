package io.github.djlqat.convention;

/**
 * What becomes of values that are not finite. Values are clamped before they become integers, so
 * that infinities saturate wherever they are taken.
 */
public enum NonFinite {
    /** NaN becomes the lowest code, infinities saturate: torch, ONNX Runtime. */
    NAN_TO_LOWEST_CODE,

    /** NaN is refused, infinities saturate. */
    REFUSE_NAN,

    /** NaN and infinities are refused. */
    REFUSE
}
