package io.github.djlqat.format;

/**
 * The casts of a library in terms of {@link FloatCodec}, with the habits in which a library departs
 * from rounding once to the nearest value.
 *
 * @param library the library
 * @param format the format
 * @param rounding the rounding mode
 * @param overflow the overflow convention
 */
record ReferenceCast(String library, FloatFormat format, Rounding rounding, Overflow overflow) {

    private static final float E8M0_MIN = 0x1p-127f;

    int encode(float x) {
        if (Float.isNaN(x)) {
            return codec(Float.NaN);
        }
        if (library.equals("onnxruntime")) {
            return overflow == Overflow.NON_FINITE ? onnxWithoutSaturation(x) : codec(x);
        }
        return format.equals(FloatFormat.FLOAT8_E8M0FNU) ? powerOfTwo(x) : codec(x);
    }

    /** ONNX Runtime does not see the carry into the code above the largest number. */
    private int onnxWithoutSaturation(float x) {
        float magnitude = Math.abs(x);
        int sign = x < 0 ? 0x80 : 0;
        if (format.equals(FloatFormat.FLOAT8_E4M3FN) && magnitude >= 480 && magnitude < 496) {
            return sign | format.maxCode();
        }
        if (format.equals(FloatFormat.FLOAT8_E5M2) && magnitude >= 61440 && magnitude < 65536) {
            return sign | 0x7f;
        }
        return codec(x);
    }

    /** torch reads magnitudes; both it and ml_dtypes round subnormal numbers above 2^-127 up. */
    private int powerOfTwo(float x) {
        boolean torch = library.equals("torch");
        if (torch && x == 0) {
            return 0;
        }
        float read = torch ? Math.abs(x) : x;
        boolean up = read > E8M0_MIN && read < 1.5f * E8M0_MIN;
        return up ? 1 : codec(read);
    }

    private int codec(float x) {
        return FloatCodec.encode(format, x, rounding, overflow);
    }

    @Override
    public String toString() {
        return library + " " + format + " " + overflow + " " + rounding;
    }
}
