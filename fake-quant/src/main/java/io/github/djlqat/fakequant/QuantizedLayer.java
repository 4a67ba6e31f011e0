package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.Site;

/**
 * A layer of a prepared model: an operation that multiplies its input by a weight.
 *
 * @param name the name that a recipe's rules match; layers that share a weight share it
 * @param op the name that a recipe's rules match: {@code convolution}, {@code deconvolution},
 *     {@code linear}, {@code matMul} or {@code batchDot}
 * @param weight the full name of the weight's parameter
 * @param weightShape the weight's shape
 * @param outputAxis the axis of the weight that counts output channels
 * @param inputShape the shape of the input for one sample, which is a batch of one
 * @param outputShape the shape of the output for one sample
 * @param site the operation
 * @param inputIndex the index of the input among the operation's arguments
 * @param weightSite the operation that takes the weight: the same, or one that transposes it
 * @param weightIndex the index of the weight among that operation's arguments
 */
public record QuantizedLayer(
        String name,
        String op,
        String weight,
        Shape weightShape,
        int outputAxis,
        Shape inputShape,
        Shape outputShape,
        Site site,
        int inputIndex,
        Site weightSite,
        int weightIndex) {}
