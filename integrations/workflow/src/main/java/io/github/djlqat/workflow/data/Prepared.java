package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;

/** Prepares floats in place. */
final class Prepared {

    private Prepared() {}

    static float[] floats(float[] values, Shape sample, Preparation preparation) {
        if (!preparation.changes(1)) {
            return values;
        }
        int channels = sample.dimension() < 2 ? 1 : Math.toIntExact(sample.get(0));
        int plane = Math.max(1, (int) (sample.size() / channels));
        double scale = preparation.scale(1);
        for (int i = 0; i < values.length; i++) {
            int channel = i / plane % channels;
            values[i] =
                    (float)
                            ((values[i] * scale - preparation.mean(channel, channels))
                                    / preparation.deviation(channel, channels));
        }
        return values;
    }
}
