package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;

/** Integer quantization with a scale and a zero point, in plain array operations. */
final class Affine {

    private Affine() {}

    /** \( \mathrm{rint}(x \cdot (1/s)) + z \), not yet clamped. */
    static NDArray codes(NDArray x, NDArray scale, NDArray zeroPoint) {
        return x.mul(reciprocal(scale)).round().add(zeroPoint);
    }

    static NDArray values(NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        return codes(x, scale, zeroPoint).clip(qmin, qmax).sub(zeroPoint).mul(scale);
    }

    static NDArray reciprocal(NDArray scale) {
        return scale.onesLike().div(scale);
    }

    /** The real value of a code. */
    static NDArray value(int code, NDArray scale, NDArray zeroPoint) {
        return zeroPoint.neg().add(code).mul(scale);
    }
}
