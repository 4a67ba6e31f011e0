package io.github.djlqat.block;

/**
 * How the exponent \( e \) of a block's scale follows from the largest magnitude \( A \), for an
 * element format with the largest exponent \( e_{max} \), \( m \) mantissa bits and the largest
 * value \( v_{max} \). The exponent is then clamped to [-127, 127], and is -127 for a block of
 * zeros.
 */
public enum MxScaleRule {
    /**
     * \( \lfloor \log_2 A \rfloor - e_{max} \): the OCP Microscaling Formats specification 1.0,
     * section 6.3. Magnitudes above \( 2^e v_{max} \) saturate.
     */
    FLOOR,

    /**
     * As {@link #FLOOR}, of \( A \) rounded to \( m \) mantissa bits, ties up to the next
     * magnitude.
     */
    EVEN,

    /** \( \lceil \log_2 A \rceil - e_{max} \). */
    CEIL,

    /** \( \lceil \log_2 (A / v_{max}) \rceil \), the quotient in single precision: cuBLAS's. */
    RCEIL;

    int exponent(float absmax, MxElement element) {
        if (absmax == 0) {
            return -127;
        }
        int exponent =
                switch (this) {
                    case FLOOR -> Math.getExponent((double) absmax) - element.maxExponent();
                    case EVEN -> Math.getExponent(widened(absmax, element)) - element.maxExponent();
                    case CEIL -> ceilLog2(absmax) - element.maxExponent();
                    case RCEIL -> ceilLog2(absmax / element.maxValue());
                };
        return Math.max(-127, Math.min(127, exponent));
    }

    /** Half a step of the element's mantissa more, exact in double precision. */
    private static double widened(double absmax, MxElement element) {
        return absmax + Math.scalb(1.0, Math.getExponent(absmax) - element.mantissaBits() - 1);
    }

    private static int ceilLog2(double value) {
        if (value == 0) {
            return -127;
        }
        int floor = Math.getExponent(value);
        return value > Math.scalb(1.0, floor) ? floor + 1 : floor;
    }
}
