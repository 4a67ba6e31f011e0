package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;

/**
 * How well a weight's codes stand for it.
 *
 * @param clipRatio the share of values outside the range from the smallest to the largest code's
 *     value, by more than half a step; in [0, 1]
 * @param sqnr the signal-to-quantization-noise ratio \( 10 \log_{10} (\sum x^2 / \sum (x - \hat
 *     x)^2) \) in dB; infinite where nothing is lost, NaN for a weight of zeros
 */
public record WeightStatistics(double clipRatio, double sqnr) {

    /** Computes them in Java, without touching the weight or the quantizer. */
    static WeightStatistics of(Parameter weight, WeightUse use, QuantizationParameters parameters) {
        float[] values = FoldedWeight.values(weight, use, parameters.scheme());
        QuantizedTensor codes = IntegerCodec.quantize(values, weight.getShape(), parameters);
        float[] rounded = codes.dequantize();
        ScaleRanges ranges = new ScaleRanges(parameters, weight.getShape());
        double signal = 0;
        double noise = 0;
        int clipped = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = (double) values[i] - rounded[i];
            signal += (double) values[i] * values[i];
            noise += difference * difference;
            clipped += ranges.isOutside(i, values[i]) ? 1 : 0;
        }
        double ratio = signal == 0 ? Double.NaN : 10 * Math.log10(signal / noise);
        return new WeightStatistics((double) clipped / values.length, ratio);
    }
}
