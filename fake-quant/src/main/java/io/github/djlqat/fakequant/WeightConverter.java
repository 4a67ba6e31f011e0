package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.ScaleLayout;

/**
 * Rounds a weight to codes, with the BatchNorm behind it folded in, as the fake-quantized forward
 * computes.
 */
final class WeightConverter {

    private static final float SMALLEST_SCALE = Float.MIN_NORMAL;

    private WeightConverter() {}

    /** Returns the scales and zero points of a weight with the BatchNorm behind it folded in. */
    static QuantizationParameters parameters(
            Parameter weight, WeightUse use, FakeQuantize quantizer) {
        QuantizationParameters own = quantizer.getQuantizationParameters();
        if (use.fold() == null) {
            return own;
        }
        double[] factors = use.fold().factors();
        float[] under = FoldedWeight.quantizationFactors(own.scheme(), use, factors);
        return new QuantizationParameters(
                own.scheme(),
                foldedScales(own, use, weight.getShape(), factors, under),
                own.zeroPoints());
    }

    static QuantizedTensor convert(Parameter weight, WeightUse use, FakeQuantize quantizer) {
        float[] values = weight.getArray().toFloatArray();
        Shape shape = weight.getShape();
        QuantizationParameters own = quantizer.getQuantizationParameters();
        if (use.fold() == null) {
            return IntegerCodec.quantize(values, shape, own);
        }
        QuantizationScheme scheme = own.scheme();
        double[] factors = use.fold().factors();
        boolean commutes = FoldedWeight.commutes(scheme, use.outputAxis());
        // The whole factor also where it is too small to divide by: such a channel becomes zero.
        float[] under =
                commutes
                        ? FoldedWeight.quantizationFactors(scheme, use, factors)
                        : BatchNormFold.toFloats(factors);
        boolean mirrored = commutes && FoldedWeight.isMirrored(scheme);
        ScaleLayout channels = ScaleLayout.of(new Granularity.PerChannel(use.outputAxis()), shape);
        if (!mirrored) {
            FoldedWeight.scale(values, shape, use, under);
        }
        QuantizedTensor rounded = IntegerCodec.quantize(values, shape, own);
        byte[] codes = rounded.codes().clone();
        if (mirrored) {
            negateRuns(codes, channels, under);
        }
        return new QuantizedTensor(shape, codes, parameters(weight, use, quantizer));
    }

    private static void negateRuns(byte[] codes, ScaleLayout channels, float[] factors) {
        channels.forEachRun(
                (channel, from, to) -> {
                    if (factors[channel] < 0) {
                        for (int i = from; i < to; i++) {
                            codes[i] = (byte) -codes[i];
                        }
                    }
                });
    }

    /**
     * A scale for the weight under its quantization factor becomes one for the wholly folded
     * weight.
     */
    private static float[] foldedScales(
            QuantizationParameters own,
            WeightUse use,
            Shape shape,
            double[] factors,
            float[] under) {
        float[] scales = own.scales();
        if (!FoldedWeight.commutes(own.scheme(), use.outputAxis())) {
            return scales;
        }
        ScaleLayout layout = ScaleLayout.of(own.scheme().granularity(), shape);
        ScaleLayout channels = ScaleLayout.of(new Granularity.PerChannel(use.outputAxis()), shape);
        int[] channelOf = new int[scales.length];
        layout.forEachRun((scale, from, to) -> channelOf[scale] = channels.scaleOf(from));
        for (int i = 0; i < scales.length; i++) {
            double whole = Math.abs(factors[channelOf[i]] / under[channelOf[i]]);
            double magnitude = Math.max(SMALLEST_SCALE, Math.abs(scales[i]) * whole);
            scales[i] = (float) Math.copySign(magnitude, scales[i]);
        }
        return scales;
    }
}
