package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Unsigned bytes in memory, such as pixels, which are prepared by look-up: in a table for each
 * channel, or one for all where they are prepared alike.
 */
record ByteColumn(String name, int size, Shape sampleShape, byte[] values, float[][] tables)
        implements Column {

    static ByteColumn of(String name, Shape sampleShape, byte[] values, Preparation preparation) {
        int channels = sampleShape.dimension() == 0 ? 1 : Math.toIntExact(sampleShape.get(0));
        boolean alike = preparation.mean().size() <= 1 && preparation.deviation().size() <= 1;
        float[][] tables = new float[alike ? 1 : channels][256];
        double scale = preparation.scale(1.0 / 255);
        for (int channel = 0; channel < tables.length; channel++) {
            double mean = preparation.mean(channel, channels);
            double deviation = preparation.deviation(channel, channels);
            for (int value = 0; value < 256; value++) {
                tables[channel][value] = (float) ((value * scale - mean) / deviation);
            }
        }
        int size = Math.toIntExact(values.length / sampleShape.size());
        return new ByteColumn(name, size, sampleShape, values, tables);
    }

    @Override
    public NDArray batch(NDManager manager, int[] indices) {
        int length = (int) sampleShape.size();
        int plane = length / tables.length;
        float[] batch = new float[Math.multiplyExact(indices.length, length)];
        for (int i = 0; i < indices.length; i++) {
            int from = indices[i] * length;
            for (int j = 0; j < length; j++) {
                batch[i * length + j] = tables[j / plane][values[from + j] & 0xFF];
            }
        }
        return Stacks.create(manager, batch, indices.length, sampleShape);
    }
}
