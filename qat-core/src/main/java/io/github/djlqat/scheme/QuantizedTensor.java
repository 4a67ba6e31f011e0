package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;

/**
 * The integer codes of a tensor with what they mean.
 *
 * @param shape the shape of the tensor
 * @param codes the codes in row-major order, each within the format
 * @param parameters the scales and zero points
 */
@SuppressWarnings("ArrayRecordComponent")
public record QuantizedTensor(Shape shape, byte[] codes, QuantizationParameters parameters) {}
