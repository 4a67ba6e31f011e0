package io.github.djlqat.torchscript;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.torchscript.pickle.StorageType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory of floating-point tensors of 16, 32 and 64 bits, as an archive keeps it. */
final class FloatRecords {

    private final StorageType type;
    private final ByteBuffer bytes;

    FloatRecords(StorageType type, byte[] bytes) {
        this.type = type;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static FloatRecords ofSize(StorageType type, int elements) {
        return new FloatRecords(type, new byte[Math.multiplyExact(elements, type.bytes())]);
    }

    /** Whether tensors of a type are read. */
    static boolean reads(StorageType type) {
        return switch (type) {
            case FLOAT, DOUBLE, HALF, BFLOAT16 -> true;
            default -> false;
        };
    }

    /** Returns an element, of 64 bits the nearest float. */
    float get(int index) {
        int at = index * type.bytes();
        return switch (type) {
            case FLOAT -> bytes.getFloat(at);
            case DOUBLE -> (float) bytes.getDouble(at);
            case HALF ->
                    FloatCodec.decode(FloatFormat.FLOAT16, Short.toUnsignedInt(bytes.getShort(at)));
            case BFLOAT16 ->
                    FloatCodec.decode(
                            FloatFormat.BFLOAT16, Short.toUnsignedInt(bytes.getShort(at)));
            default -> throw new IllegalStateException("Tensors of " + type + " are not read.");
        };
    }

    /** Sets an element, of 16 bits to the nearest number. */
    void put(int index, float value) {
        int at = index * type.bytes();
        switch (type) {
            case FLOAT -> bytes.putFloat(at, value);
            case DOUBLE -> bytes.putDouble(at, value);
            case HALF -> bytes.putShort(at, encode(FloatFormat.FLOAT16, value));
            case BFLOAT16 -> bytes.putShort(at, encode(FloatFormat.BFLOAT16, value));
            default -> throw new IllegalStateException("Tensors of " + type + " are not written.");
        }
    }

    private static short encode(FloatFormat format, float value) {
        return (short) FloatCodec.encode(format, value, Rounding.HALF_EVEN, Overflow.NON_FINITE);
    }

    byte[] array() {
        return bytes.array();
    }
}
