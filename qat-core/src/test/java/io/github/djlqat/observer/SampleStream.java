package io.github.djlqat.observer;

/** Bell-shaped values with a heavy tail, the same bit for bit as those of observer_goldens.py. */
final class SampleStream {

    private SampleStream() {}

    static float[] of(long seed, int count) {
        long state = seed;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double total = 0;
            for (int k = 0; k < 4; k++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                total += (state >>> 40) / 0x1p24;
            }
            double centred = total - 2.0;
            values[i] = (float) (centred * centred * centred);
        }
        return values;
    }
}
