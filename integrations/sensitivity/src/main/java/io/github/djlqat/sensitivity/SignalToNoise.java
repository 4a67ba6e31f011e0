package io.github.djlqat.sensitivity;

/**
 * The energy of a signal and of the noise that quantization adds to it, and their ratio \( 10
 * \log_{10} (\sum x^2 / \sum (\hat x - x)^2) \) in dB.
 *
 * @param signal the sum of the squares of the values in floating point
 * @param noise the sum of the squares of the differences under quantization
 */
public record SignalToNoise(double signal, double noise) {

    /** Nothing seen yet. */
    public static final SignalToNoise NONE = new SignalToNoise(0, 0);

    private static final double DECIBELS = 10;

    /**
     * Measures two arrays.
     *
     * @param values values in floating point
     * @param quantized values under quantization, as many
     * @return the energies
     * @throws IllegalArgumentException if the lengths differ
     */
    public static SignalToNoise of(float[] values, float[] quantized) {
        if (values.length != quantized.length) {
            throw new IllegalArgumentException(
                    "The arrays hold " + values.length + " and " + quantized.length + " values.");
        }
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = (double) quantized[i] - values[i];
            signal += (double) values[i] * values[i];
            noise += difference * difference;
        }
        return new SignalToNoise(signal, noise);
    }

    /**
     * Adds the energies of other values.
     *
     * @param other other energies
     * @return the sums
     */
    public SignalToNoise plus(SignalToNoise other) {
        return new SignalToNoise(signal + other.signal, noise + other.noise);
    }

    /**
     * Returns the ratio.
     *
     * @return dB; infinite without noise
     */
    public double decibels() {
        return noise == 0 ? Double.POSITIVE_INFINITY : DECIBELS * Math.log10(signal / noise);
    }
}
