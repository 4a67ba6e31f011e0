package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import io.github.djlqat.format.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Makes ONNX tensors, with their data as little-endian bytes. */
final class Tensors {

    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT8 = 3;
    static final int UINT16 = 4;
    static final int INT16 = 5;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int BOOL = 9;
    static final int FLOAT16 = 10;
    static final int DOUBLE = 11;
    static final int BFLOAT16 = 16;
    static final int FLOAT8_E4M3FN = 17;
    static final int FLOAT8_E4M3FNUZ = 18;
    static final int FLOAT8_E5M2 = 19;
    static final int FLOAT8_E5M2FNUZ = 20;
    static final int UINT4 = 21;
    static final int INT4 = 22;

    private static final Map<FloatFormat, Integer> FLOATS =
            Map.of(
                    FloatFormat.FLOAT16, FLOAT16,
                    FloatFormat.BFLOAT16, BFLOAT16,
                    FloatFormat.FLOAT8_E4M3FN, FLOAT8_E4M3FN,
                    FloatFormat.FLOAT8_E4M3FNUZ, FLOAT8_E4M3FNUZ,
                    FloatFormat.FLOAT8_E5M2, FLOAT8_E5M2,
                    FloatFormat.FLOAT8_E5M2FNUZ, FLOAT8_E5M2FNUZ);

    private Tensors() {}

    static int type(DataType type) {
        return switch (type) {
            case FLOAT32 -> FLOAT;
            case FLOAT64 -> DOUBLE;
            case FLOAT16 -> FLOAT16;
            case UINT8 -> UINT8;
            case INT8 -> INT8;
            case INT32 -> INT32;
            case INT64 -> INT64;
            case BOOLEAN -> BOOL;
            default ->
                    throw new OnnxExportException(
                            "A tensor has the data type "
                                    + type
                                    + ", which is not exported; legal are FLOAT32, FLOAT64, FLOAT16, UINT8, INT8, INT32,"
                                    + " INT64 and BOOLEAN.");
        };
    }

    /** Returns the element type of a float format of up to 16 bits, or 0 if ONNX has none. */
    static int type(FloatFormat format) {
        return FLOATS.getOrDefault(format, 0);
    }

    /**
     * Returns the bytes of {@code count} elements of an ONNX element type, or -1 for a type that is
     * not written here.
     */
    static long byteSize(int type, long count) {
        return switch (type) {
            case FLOAT, INT32 -> 4 * count;
            case INT64, DOUBLE -> 8 * count;
            case FLOAT16, BFLOAT16, UINT16, INT16 -> 2 * count;
            case UINT8, INT8, BOOL, FLOAT8_E4M3FN, FLOAT8_E4M3FNUZ, FLOAT8_E5M2, FLOAT8_E5M2FNUZ ->
                    count;
            case UINT4, INT4 -> (count + 1) / 2;
            default -> -1;
        };
    }

    /** Makes a tensor of a {@code float[]}, {@code int[]}, {@code long[]} or {@code boolean[]}. */
    static TensorProto of(String name, Object data, long... dims) {
        if (data instanceof float[] floats) {
            ByteBuffer buffer = buffer(4L * floats.length, name);
            buffer.asFloatBuffer().put(floats);
            return raw(name, FLOAT, buffer, dims);
        }
        if (data instanceof int[] ints) {
            ByteBuffer buffer = buffer(4L * ints.length, name);
            buffer.asIntBuffer().put(ints);
            return raw(name, INT32, buffer, dims);
        }
        if (data instanceof long[] longs) {
            ByteBuffer buffer = buffer(8L * longs.length, name);
            buffer.asLongBuffer().put(longs);
            return raw(name, INT64, buffer, dims);
        }
        if (data instanceof double[] doubles) {
            ByteBuffer buffer = buffer(8L * doubles.length, name);
            buffer.asDoubleBuffer().put(doubles);
            return raw(name, DOUBLE, buffer, dims);
        }
        if (data instanceof boolean[] booleans) {
            byte[] bytes = new byte[booleans.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (booleans[i] ? 1 : 0);
            }
            return raw(name, BOOL, ByteBuffer.wrap(bytes), dims);
        }
        throw new OnnxExportException(
                "The constant "
                        + name
                        + " holds a "
                        + data.getClass().getSimpleName()
                        + ", which is not exported.");
    }

    /** Makes an 8-bit tensor of codes. */
    static TensorProto bytes(String name, int type, byte[] codes, long... dims) {
        return raw(name, type, ByteBuffer.wrap(codes.clone()), dims);
    }

    /** Makes a tensor of codes of a type of 16 bits. */
    static TensorProto halves(String name, int type, short[] codes, long... dims) {
        ByteBuffer buffer = buffer(2L * codes.length, name);
        buffer.asShortBuffer().put(codes);
        return raw(name, type, buffer, dims);
    }

    /** Makes a 4-bit tensor of codes: two in a byte, the first in the low half. */
    static TensorProto nibbles(String name, int type, byte[] codes, long... dims) {
        byte[] packed = new byte[(codes.length + 1) / 2];
        for (int i = 0; i < codes.length; i++) {
            packed[i / 2] |= (byte) ((codes[i] & 0xF) << (i % 2 * 4));
        }
        return raw(name, type, ByteBuffer.wrap(packed), dims);
    }

    private static ByteBuffer buffer(long bytes, String name) {
        if (bytes > Integer.MAX_VALUE - 1024) {
            throw new OnnxExportException(
                    "The tensor "
                            + name
                            + " takes "
                            + bytes
                            + " bytes; an exported tensor holds at most 2 GiB.");
        }
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Takes the buffer as it is: nobody else may write to it. */
    private static TensorProto raw(String name, int type, ByteBuffer data, long... dims) {
        TensorProto.Builder builder =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type)
                        .setRawData(UnsafeByteOperations.unsafeWrap(data));
        for (long dim : dims) {
            builder.addDims(dim);
        }
        return builder.build();
    }
}
