package io.github.djlqat.mixedprecision;

/** The largest magnitudes of one tensor over the last steps, and the scale that follows. */
final class AmaxHistory {

    private final DelayedScaling scaling;
    private final double largestValue;
    private final float[] magnitudes;
    private float scale = 1;

    /**
     * Starts with the scale 1.
     *
     * @param scaling the rules
     * @param largestValue the largest value of the format
     */
    AmaxHistory(DelayedScaling scaling, double largestValue) {
        this.scaling = scaling;
        this.largestValue = largestValue;
        this.magnitudes = new float[scaling.historyLength()];
    }

    synchronized float scale() {
        return scale;
    }

    /** Takes in the largest magnitude of the tensor; within one step the largest counts. */
    synchronized void record(float magnitude) {
        magnitudes[0] = Math.max(magnitudes[0], magnitude);
    }

    /** Ends a step: the scale follows from the history, which moves on by one. */
    synchronized void update() {
        float magnitude = magnitudes[0];
        if (!scaling.mostRecent()) {
            for (float m : magnitudes) {
                magnitude = Math.max(magnitude, m);
            }
        }
        if (magnitude > 0 && Float.isFinite(magnitude)) {
            float fitted = (float) largestValue / magnitude;
            float next = (float) (fitted / Math.scalb(1.0, scaling.margin()));
            scale = Float.isInfinite(next) ? Float.MAX_VALUE : next;
        }
        float current = magnitudes[0];
        System.arraycopy(magnitudes, 1, magnitudes, 0, magnitudes.length - 1);
        magnitudes[magnitudes.length - 1] = current;
        magnitudes[0] = 0;
    }

    synchronized AmaxHistoryState state() {
        return new AmaxHistoryState(scale, magnitudes);
    }

    synchronized void restore(String name, AmaxHistoryState state) {
        float[] values = state.magnitudes();
        if (values.length != magnitudes.length) {
            throw new IllegalArgumentException(
                    "The history of "
                            + name
                            + " has "
                            + values.length
                            + " steps; "
                            + magnitudes.length
                            + " are remembered.");
        }
        System.arraycopy(values, 0, magnitudes, 0, values.length);
        scale = state.scale();
    }
}
