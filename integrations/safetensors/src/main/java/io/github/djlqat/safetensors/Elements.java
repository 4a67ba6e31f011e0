package io.github.djlqat.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Conversions of the elements of a tensor. */
final class Elements {

    private Elements() {}

    /**
     * Converts elements to binary32, exactly where it has the number and to the nearest one, ties
     * to even, where it has not.
     *
     * @param info the tensor, for its type and for messages
     * @param data its little-endian bytes; its position moves
     * @param target the buffer that takes the elements
     * @throws SafetensorsException if the type has no number of one element, or a boolean is
     *     neither 0 nor 1
     */
    static void toFloats(TensorInfo info, ByteBuffer data, FloatBuffer target) {
        switch (info.dtype()) {
            case F32 -> target.put(data.asFloatBuffer());
            case F16 -> fill(data, target, 2, d -> Float16.toFloat(d.getShort()));
            case BF16 -> fill(data, target, 2, d -> BFloat16.toFloat(d.getShort()));
            case F64 -> fill(data, target, 8, d -> (float) d.getDouble());
            case F8_E4M3 -> fill(data, target, 1, d -> Float8.e4m3ToFloat(d.get()));
            case F8_E5M2 -> fill(data, target, 1, d -> Float8.e5m2ToFloat(d.get()));
            case I8 -> fill(data, target, 1, ByteBuffer::get);
            case U8 -> fill(data, target, 1, d -> Byte.toUnsignedInt(d.get()));
            case I16 -> fill(data, target, 2, ByteBuffer::getShort);
            case U16 -> fill(data, target, 2, d -> Short.toUnsignedInt(d.getShort()));
            case I32 -> fill(data, target, 4, d -> (float) d.getInt());
            case U32 -> fill(data, target, 4, d -> (float) Integer.toUnsignedLong(d.getInt()));
            case I64 -> fill(data, target, 8, d -> (float) d.getLong());
            case U64 -> fill(data, target, 8, d -> unsignedToFloat(d.getLong()));
            case BOOL -> {
                checkBooleans(info, data);
                fill(data, target, 1, ByteBuffer::get);
            }
            default ->
                    throw new SafetensorsException(
                            "Tensor \""
                                    + Text.shorten(info.name())
                                    + "\" of "
                                    + info.dtype()
                                    + " has no conversion to floats; read its bytes with bytes().");
        }
    }

    /**
     * Checks that every byte is 0 or 1: native code that reads another as a boolean is undefined.
     *
     * @param info the tensor, for messages
     * @param data its bytes; its position stays
     * @throws SafetensorsException if one is not
     */
    static void checkBooleans(TensorInfo info, ByteBuffer data) {
        for (int i = data.position(); i < data.limit(); i++) {
            int value = Byte.toUnsignedInt(data.get(i));
            if (value > 1) {
                throw new SafetensorsException(
                        "Tensor \""
                                + Text.shorten(info.name())
                                + "\": element "
                                + (i - data.position())
                                + " is the byte "
                                + value
                                + "; a BOOL is 0 or 1.");
            }
        }
    }

    /**
     * Copies elements between byte orders.
     *
     * @param width the size of an element in bytes: 1, 2, 4 or 8
     * @param source the elements in its own order; its position may move
     * @param target as many bytes, in its own order; its position may move
     */
    static void copy(int width, ByteBuffer source, ByteBuffer target) {
        switch (width) {
            case 1 -> target.put(source);
            case 2 -> target.asShortBuffer().put(source.asShortBuffer());
            case 4 -> target.asIntBuffer().put(source.asIntBuffer());
            case 8 -> target.asLongBuffer().put(source.asLongBuffer());
            default -> throw new IllegalArgumentException("No element has " + width + " bytes.");
        }
    }

    /**
     * Returns the bytes of numbers.
     *
     * @param dtype F32, F64, F16 or BF16; the latter two are rounded to nearest, ties to even
     * @param values the numbers
     * @return their little-endian bytes
     */
    static ByteBuffer fromFloats(Dtype dtype, float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, dtype.bits() / 8))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (dtype) {
                case F32 -> bytes.putFloat(value);
                case F64 -> bytes.putDouble(value);
                case F16 -> bytes.putShort(Float16.fromFloat(value));
                case BF16 -> bytes.putShort(BFloat16.fromFloat(value));
                default ->
                        throw new IllegalArgumentException(
                                "No floats are stored as " + dtype + ".");
            }
        }
        return bytes.flip();
    }

    private static float unsignedToFloat(long value) {
        // Halving keeps the lost bit as a sticky one, so that the rounding of the half is that of
        // the whole.
        return value >= 0 ? (float) value : (float) ((value >>> 1) | (value & 1)) * 2;
    }

    private static void fill(ByteBuffer data, FloatBuffer target, int width, FloatReader reader) {
        while (data.remaining() >= width) {
            target.put(reader.read(data));
        }
    }

    private interface FloatReader {
        float read(ByteBuffer data);
    }
}
