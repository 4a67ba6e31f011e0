package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.format.IntegerFormat;

/**
 * The tensor elements that hold the codes of an activation's format.
 *
 * <p>Codes of up to 8 bits are held in uint8, signed ones 128 higher: the values are the same, and
 * ONNX Runtime's x86 kernels take uint8 activations only. Codes of 16 bits are held as they are.
 *
 * @param type the ONNX element type
 * @param offset what is added to a code of the format
 * @param min the least element
 * @param max the greatest element
 */
record CodeType(int type, int offset, int min, int max) {

    private static final CodeType UNSIGNED_BYTES = new CodeType(Tensors.UINT8, 0, 0, 255);
    private static final CodeType SIGNED_BYTES = new CodeType(Tensors.UINT8, 128, 0, 255);
    private static final CodeType UINT16 = new CodeType(Tensors.UINT16, 0, 0, 65535);
    private static final CodeType INT16 =
            new CodeType(Tensors.INT16, 0, Short.MIN_VALUE, Short.MAX_VALUE);

    static CodeType of(IntegerFormat format) {
        if (format.fitsByte()) {
            return format.signed() ? SIGNED_BYTES : UNSIGNED_BYTES;
        }
        return format.signed() ? INT16 : UINT16;
    }

    /**
     * Whether codes are bytes: ONNX Runtime computes with no others, it does not even clamp them.
     */
    boolean isByte() {
        return type == Tensors.UINT8;
    }

    /** Makes a scalar of an element. */
    TensorProto scalar(int element) {
        return isByte()
                ? Tensors.bytes("", type, new byte[] {(byte) element})
                : Tensors.halves("", type, new short[] {(short) element});
    }
}
