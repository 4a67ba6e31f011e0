package io.github.djlqat.report.collect;

import org.jspecify.annotations.Nullable;

/**
 * The signal-to-quantization-noise ratio \( 10 \log_{10} (\sum x^2 / \sum (x - \hat x)^2) \),
 * summed in double precision over any number of batches.
 */
final class Sqnr {

    private double signal;
    private double noise;

    void add(float[] exact, float[] rounded) {
        for (int i = 0; i < exact.length; i++) {
            double difference = (double) exact[i] - rounded[i];
            signal += (double) exact[i] * exact[i];
            noise += difference * difference;
        }
    }

    /** Returns the ratio in dB, or null where there is no signal, no noise, or one overflows. */
    @Nullable Double decibels() {
        double ratio = 10 * Math.log10(signal / noise);
        return signal > 0 && noise > 0 && Double.isFinite(ratio) ? (Double) ratio : null;
    }
}
