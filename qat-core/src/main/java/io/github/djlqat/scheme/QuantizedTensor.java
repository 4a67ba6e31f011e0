package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;

/**
 * The integer codes of a tensor with what they mean.
 *
 * @param shape the shape of the tensor
 * @param codes the codes in row-major order, each within the format; those of an unsigned format
 *     are unsigned bytes
 * @param parameters the scales and zero points
 */
@SuppressWarnings("ArrayRecordComponent")
public record QuantizedTensor(Shape shape, byte[] codes, QuantizationParameters parameters) {

    /**
     * Checks the format.
     *
     * @param shape the shape of the tensor
     * @param codes the codes in row-major order, each within the format; those of an unsigned
     *     format are unsigned bytes
     * @param parameters the scales and zero points
     * @throws IllegalArgumentException if a code of it takes more than a byte
     */
    public QuantizedTensor {
        BitPacking.requireByte(parameters.scheme().format());
    }

    /**
     * Computes the real values of the codes.
     *
     * @return the values in row-major order
     * @throws IllegalArgumentException if the number of codes or of scales does not fit the shape
     */
    public float[] dequantize() {
        return IntegerCodec.dequantize(this);
    }
}
