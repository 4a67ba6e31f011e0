package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.ScaleLayout;

/** What values the codes of a tensor reach, half a step beyond the last ones included. */
final class ScaleRanges {

    private final IntegerFormat format;
    private final ScaleLayout layout;
    private final float[] scales;
    private final int[] zeroPoints;

    ScaleRanges(QuantizationParameters parameters, Shape shape) {
        format = parameters.scheme().format();
        layout = ScaleLayout.of(parameters.scheme().granularity(), shape);
        scales = parameters.scales();
        zeroPoints = parameters.zeroPoints();
    }

    boolean isOutside(int element, float value) {
        int scale = layout.scaleOf(element);
        double code = (double) value / scales[scale] + zeroPoints[scale];
        return code < format.qmin() - 0.5 || code > format.qmax() + 0.5;
    }
}
