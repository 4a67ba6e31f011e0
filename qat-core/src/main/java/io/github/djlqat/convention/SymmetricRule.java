package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;

/**
 * The scale of a symmetric range, from \( A = \max(|min|, |max|) \) with \( min \le 0 \le max \)
 * for \( b \) bits.
 */
public enum SymmetricRule {
    /**
     * \( A / ((q_{max} - q_{min}) / 2) \), A/7.5 and A/127.5 over the full range and A/7 and A/127
     * over a narrow one, in single precision: torch's observers, torchao, compressed-tensors.
     */
    HALF_RANGE,

    /** \( 2 A / (q_{max} - q_{min}) \) in double precision: ONNX Runtime. */
    HALF_RANGE_IN_DOUBLE,

    /** \( A / (2^{b-1} - 1) \), A/7 and A/127: AWQ, bitsandbytes' 8-bit rows, ggml's Q8_0. */
    LARGEST_CODE,

    /** \( A / 2^{b-1} \), A/8 and A/128: FBGEMM's 4-bit weights. */
    CODES_BELOW_ZERO,

    /**
     * \( -m / 2^{b-1} \) for \( m \) the value of largest magnitude with its sign, so that it is
     * exactly the lowest code; the scale is negative where \( m > 0 \): ggml's Q4_0 and Q5_0. Of
     * two opposite values of equal magnitude the negative one counts, since a range does not tell
     * which came first.
     */
    SIGNED_MAX,

    /**
     * \( \max(min / q_{min}, max / q_{max}) \) with the codes of a signed format, which clips
     * neither end: torchao's SYMMETRIC_NO_CLIPPING_ERR.
     */
    NO_CLIPPING,

    /**
     * \( 2 A / (q_{max} - q_{min}) \) where a value is negative, else \( A / (q_{max} - q_{min})
     * \); 2 in place of \( 2 A \) for a range of zeros: GPTQ's reference.
     */
    GPTQ;

    /**
     * Chooses a scale before any minimum is applied.
     *
     * @param low the lowest value, at most 0
     * @param high the highest value, at least 0
     * @param format the format
     * @return the scale, 0 only for a range of zeros or one that underflows
     */
    float scale(float low, float high, IntegerFormat format) {
        float magnitude = Math.max(-low, high);
        int steps = format.qmax() - format.qmin();
        int half = 1 << (format.bits() - 1);
        return switch (this) {
            case HALF_RANGE -> magnitude / (steps / 2f);
            case HALF_RANGE_IN_DOUBLE -> (float) (2.0 * magnitude / steps);
            case LARGEST_CODE -> magnitude / (half - 1);
            case CODES_BELOW_ZERO -> magnitude / half;
            case SIGNED_MAX -> (-low >= high ? low : high) / -half;
            case NO_CLIPPING -> Math.max(-low / lowest(format), high / (half - 1));
            case GPTQ -> {
                if (magnitude == 0) {
                    yield 2f / steps;
                }
                yield low < 0 ? magnitude / (steps / 2f) : magnitude / steps;
            }
        };
    }

    private static int lowest(IntegerFormat format) {
        int half = 1 << (format.bits() - 1);
        return format.narrowRange() ? half - 1 : half;
    }
}
