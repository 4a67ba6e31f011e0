package io.github.djlqat.fakequant;

import org.jspecify.annotations.Nullable;

/** What an integer runtime computes on codes at one site, in place of the float operation. */
sealed interface IntegerOperation {

    /**
     * A convolution, or a linear layer on vectors, that accumulates products of codes in 32 bits.
     *
     * @param layer the weight, the bias and the quantizer of the input
     * @param output the quantizer of the result, or null where the result is used as a float
     */
    record Layer(LayerBias layer, @Nullable String output) implements IntegerOperation {}

    /**
     * An addition of two quantized tensors whose sum is quantized.
     *
     * @param left the quantizer of the first summand
     * @param right the quantizer of the second summand
     * @param output the quantizer of the sum
     */
    record Addition(String left, String right, String output) implements IntegerOperation {}

    /**
     * An average over all positions of each channel, of a quantized tensor, that is quantized.
     *
     * @param input the quantizer of the input
     * @param output the quantizer of the average
     */
    record GlobalAverage(String input, String output) implements IntegerOperation {}
}
