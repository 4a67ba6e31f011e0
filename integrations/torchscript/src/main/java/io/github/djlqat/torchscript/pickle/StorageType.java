package io.github.djlqat.torchscript.pickle;

import java.util.Optional;

/** The element types of tensors, by the names of PyTorch's storage classes. */
public enum StorageType {
    /** IEEE 754 binary32. */
    FLOAT("FloatStorage", 4),
    /** IEEE 754 binary64. */
    DOUBLE("DoubleStorage", 8),
    /** IEEE 754 binary16. */
    HALF("HalfStorage", 2),
    /** The upper half of a binary32. */
    BFLOAT16("BFloat16Storage", 2),
    /** Eight bits with 4 of exponent, without infinities. */
    FLOAT8_E4M3FN("Float8_e4m3fnStorage", 1),
    /** Eight bits with 5 of exponent. */
    FLOAT8_E5M2("Float8_e5m2Storage", 1),
    /** {@link #FLOAT8_E4M3FN} without a negative zero. */
    FLOAT8_E4M3FNUZ("Float8_e4m3fnuzStorage", 1),
    /** {@link #FLOAT8_E5M2} without infinities and a negative zero. */
    FLOAT8_E5M2FNUZ("Float8_e5m2fnuzStorage", 1),
    /** An eight-bit power of two. */
    FLOAT8_E8M0FNU("Float8_e8m0fnuStorage", 1),
    /** An unsigned 8-bit integer. */
    UINT8("ByteStorage", 1),
    /** A signed 8-bit integer. */
    INT8("CharStorage", 1),
    /** A signed 16-bit integer. */
    INT16("ShortStorage", 2),
    /** A signed 32-bit integer. */
    INT32("IntStorage", 4),
    /** A signed 64-bit integer. */
    INT64("LongStorage", 8),
    /** An unsigned 16-bit integer. */
    UINT16("UInt16Storage", 2),
    /** An unsigned 32-bit integer. */
    UINT32("UInt32Storage", 4),
    /** An unsigned 64-bit integer. */
    UINT64("UInt64Storage", 8),
    /** A boolean: one byte that is 0 or 1. */
    BOOLEAN("BoolStorage", 1),
    /** A complex number of two binary16 numbers. */
    COMPLEX_HALF("ComplexHalfStorage", 4),
    /** A complex number of two binary32 numbers. */
    COMPLEX_FLOAT("ComplexFloatStorage", 8),
    /** A complex number of two binary64 numbers. */
    COMPLEX_DOUBLE("ComplexDoubleStorage", 16),
    /** A signed 8-bit code of a quantized tensor. */
    QINT8("QInt8Storage", 1),
    /** An unsigned 8-bit code of a quantized tensor. */
    QUINT8("QUInt8Storage", 1),
    /** A signed 32-bit code of a quantized tensor. */
    QINT32("QInt32Storage", 4);

    private final String className;
    private final int bytes;

    StorageType(String className, int bytes) {
        this.className = className;
        this.bytes = bytes;
    }

    /**
     * Returns the name of PyTorch's class.
     *
     * @return the name, without its module {@code torch}
     */
    public String className() {
        return className;
    }

    /**
     * Returns the size of an element.
     *
     * @return the size in bytes
     */
    public int bytes() {
        return bytes;
    }

    static Optional<StorageType> of(String className) {
        for (StorageType type : values()) {
            if (type.className.equals(className)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
