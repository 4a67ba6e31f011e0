package io.github.djlqat.onnx;

/**
 * How far the outputs of a model file are from reference outputs.
 *
 * @param samples the number of samples compared
 * @param sameClass the number of samples whose largest output is at the same position
 * @param agreement sameClass / samples
 * @param maxAbsDifference the largest difference of two elements
 * @param maxRelative the largest difference of two elements divided by the largest magnitude of the
 *     reference
 * @param sqnr the signal to quantization noise ratio in dB, \( 10 \log_{10}(\sum r^2 / \sum (r -
 *     y)^2) \); infinite if all elements are equal
 */
public record Agreement(
        long samples,
        long sameClass,
        double agreement,
        float maxAbsDifference,
        float maxRelative,
        double sqnr) {}
