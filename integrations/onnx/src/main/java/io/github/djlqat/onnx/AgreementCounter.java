package io.github.djlqat.onnx;

/** Adds up differences over batches. */
final class AgreementCounter {

    private long samples;
    private long sameClass;
    private float maxDifference;
    private float maxReference;
    private double signal;
    private double noise;

    /** Adds a batch of outputs of some columns for each sample. */
    void add(float[] reference, float[] actual, int columns) {
        for (int row = 0; row < reference.length / columns; row++) {
            int best = row * columns;
            int bestActual = best;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                best = reference[i] > reference[best] ? i : best;
                bestActual = actual[i] > actual[bestActual] ? i : bestActual;
                float difference = Math.abs(reference[i] - actual[i]);
                // Math.max carries a NaN on.
                maxDifference = Math.max(maxDifference, difference);
                maxReference = Math.max(maxReference, Math.abs(reference[i]));
                signal += (double) reference[i] * reference[i];
                noise += (double) difference * difference;
            }
            samples++;
            sameClass += best == bestActual ? 1 : 0;
        }
    }

    Agreement result() {
        double ratio = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
        return new Agreement(
                samples,
                sameClass,
                samples == 0 ? Double.NaN : (double) sameClass / samples,
                maxDifference,
                maxReference == 0 ? maxDifference : maxDifference / maxReference,
                ratio);
    }
}
