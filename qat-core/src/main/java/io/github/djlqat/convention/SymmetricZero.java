package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;

/** The zero point of a symmetric unsigned format; that of a signed format is 0. */
public enum SymmetricZero {
    /** 0: the range is \( [0, max] \), \( s = max / q_{max} \), and negative values are clipped. */
    LOWEST_CODE,

    /** \( \lfloor q_{max} / 2 \rfloor \), such as 7 of 0 to 15. */
    LOWER_MIDDLE,

    /** \( 2^{b-1} \), such as 8 of 0 to 15: ONNX Runtime, GPTQ. */
    UPPER_MIDDLE,

    /** 128 of 0 to 255, else the lower middle: torch's observers of quint8. */
    TORCH;

    int of(IntegerFormat format) {
        if (format.signed()) {
            return 0;
        }
        return switch (this) {
            case LOWEST_CODE -> 0;
            case LOWER_MIDDLE -> format.qmax() / 2;
            case UPPER_MIDDLE -> 1 << (format.bits() - 1);
            case TORCH -> format.bits() == 8 ? 128 : format.qmax() / 2;
        };
    }
}
