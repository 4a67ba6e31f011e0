package io.github.djlqat.workflow;

/**
 * A quantizer of a prepared model.
 *
 * @param name the weight, or the operation whose result it quantizes
 * @param weight whether it is a weight's
 * @param quantization the format, symmetry, granularity and observer in words
 * @param scales the number of its scales
 * @param smallestScale the smallest scale; 0 before calibration
 * @param largestScale the largest scale; 0 before calibration
 */
public record QuantizerInfo(
        String name,
        boolean weight,
        String quantization,
        int scales,
        double smallestScale,
        double largestScale) {}
