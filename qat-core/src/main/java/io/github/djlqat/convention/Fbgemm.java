package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;

/** The choice of quantization parameters for tensors whose range is known only at run time. */
final class Fbgemm {

    private static final double SCALE_OF_ZERO_RANGE = 0.1;
    private static final float SMALL_SCALE = 6.1e-5f;

    private Fbgemm() {}

    static ScaleAndZeroPoint choose(float low, float high, IntegerFormat format) {
        int steps = format.qmax() - format.qmin();
        double scale = ((double) high - low) / steps;
        if ((float) scale == 0 || Float.isInfinite(1 / (float) scale)) {
            scale = SCALE_OF_ZERO_RANGE;
        }
        float min = low;
        float max = high;
        if (scale < SMALL_SCALE) {
            float amplifier = SMALL_SCALE / (float) scale;
            min = high == 0 ? -SMALL_SCALE * steps : low * amplifier;
            max = low == 0 ? SMALL_SCALE * steps : high * amplifier;
            scale = SMALL_SCALE;
        }
        return new ScaleAndZeroPoint((float) scale, zeroPoint(min / scale, max / scale, format));
    }

    /** Takes the zero point from the end whose code and value are of nearer magnitudes. */
    private static int zeroPoint(double low, double high, IntegerFormat format) {
        double lowError = Math.abs(format.qmin()) - Math.abs(low);
        double highError = Math.abs(format.qmax()) - Math.abs(high);
        double zeroPoint = lowError < highError ? format.qmin() - low : format.qmax() - high;
        return (int) Math.rint(Math.max(format.qmin(), Math.min(format.qmax(), zeroPoint)));
    }
}
