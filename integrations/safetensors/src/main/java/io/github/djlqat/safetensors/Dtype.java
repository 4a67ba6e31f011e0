package io.github.djlqat.safetensors;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The element types of safetensors files, by the names that stand in their headers.
 *
 * <p>The order is that of the reference implementation, from the loosest alignment to the
 * strictest: a file holds its tensors in descending order of it.
 */
public enum Dtype {
    /** A boolean: one byte that is 0 or 1. */
    BOOL(8, DataType.BOOLEAN),
    /** Four-bit floats with 2 exponent bits and 1 mantissa bit, two in a byte. */
    F4(4, null),
    /** Six-bit floats with 2 exponent bits and 3 mantissa bits, four in three bytes. */
    F6_E2M3(6, null),
    /** Six-bit floats with 3 exponent bits and 2 mantissa bits, four in three bytes. */
    F6_E3M2(6, null),
    /** An unsigned 8-bit integer. */
    U8(8, DataType.UINT8),
    /** A signed 8-bit integer. */
    I8(8, DataType.INT8),
    /** An 8-bit float with 5 exponent bits and 2 mantissa bits, with infinities. */
    F8_E5M2(8, null),
    /** An 8-bit float with 4 exponent bits and 3 mantissa bits, without infinities (e4m3fn). */
    F8_E4M3(8, null),
    /** An 8-bit power of two: the scale of microscaling formats. */
    F8_E8M0(8, null),
    /** {@link #F8_E4M3} without a negative zero, whose pattern is the only NaN. */
    F8_E4M3FNUZ(8, null),
    /** {@link #F8_E5M2} without infinities and a negative zero, whose pattern is the only NaN. */
    F8_E5M2FNUZ(8, null),
    /** A signed 16-bit integer. */
    I16(16, null),
    /** An unsigned 16-bit integer. */
    U16(16, null),
    /** IEEE 754 binary16. */
    F16(16, DataType.FLOAT16),
    /** The upper half of an IEEE 754 binary32. */
    BF16(16, null),
    /** A signed 32-bit integer. */
    I32(32, DataType.INT32),
    /** An unsigned 32-bit integer. */
    U32(32, null),
    /** IEEE 754 binary32. */
    F32(32, DataType.FLOAT32),
    /** A complex number of two binary32 numbers. */
    C64(64, null),
    /** IEEE 754 binary64. */
    F64(64, DataType.FLOAT64),
    /** A signed 64-bit integer. */
    I64(64, DataType.INT64),
    /** An unsigned 64-bit integer. */
    U64(64, null);

    private final int bits;
    // Only the types that DJL's PyTorch engine takes: it ends the process when it is handed
    // another.
    private final @Nullable DataType dataType;

    Dtype(int bits, @Nullable DataType dataType) {
        this.bits = bits;
        this.dataType = dataType;
    }

    /**
     * Returns the size of an element.
     *
     * @return the size in bits
     */
    public int bits() {
        return bits;
    }

    /**
     * Returns whether the elements are real floating-point numbers of 16 bits or more.
     *
     * @return true for F16, BF16, F32 and F64
     */
    public boolean isFloating() {
        return this == F16 || this == BF16 || this == F32 || this == F64;
    }

    /**
     * Returns the same type of DJL, where DJL's PyTorch engine takes it.
     *
     * @return the type, or null where there is none that is safe to use
     */
    public @Nullable DataType dataType() {
        return dataType;
    }

    /**
     * Returns the type that stores arrays of a type of DJL.
     *
     * @param dataType a type of DJL
     * @return the type
     * @throws SafetensorsException if there is none that DJL's PyTorch engine takes
     */
    public static Dtype of(DataType dataType) {
        for (Dtype dtype : values()) {
            if (dtype.dataType == dataType) {
                return dtype;
            }
        }
        throw new SafetensorsException(
                "Arrays of type "
                        + dataType.name()
                        + " cannot be written; the types that can are FLOAT32, FLOAT64, FLOAT16, UINT8, INT8, INT32, INT64 and"
                        + " BOOLEAN.");
    }

    /**
     * Returns the number of bytes of packed elements.
     *
     * @param elements the number of elements
     * @return the number of bytes
     * @throws ArithmeticException if it exceeds a long, or the elements do not fill their last byte
     */
    long bytes(long elements) {
        if (bits >= 8) {
            return Math.multiplyExact(elements, (long) (bits / 8));
        }
        long total = Math.multiplyExact(elements, (long) bits);
        if (total % 8 != 0) {
            throw new ArithmeticException(
                    elements + " elements of " + bits + " bits do not fill whole bytes");
        }
        return total / 8;
    }

    static Dtype parse(String name) {
        for (Dtype dtype : values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        throw new SafetensorsException(
                "its dtype is \""
                        + Text.shorten(name)
                        + "\"; the legal ones are "
                        + Arrays.toString(values())
                        + ".");
    }
}
