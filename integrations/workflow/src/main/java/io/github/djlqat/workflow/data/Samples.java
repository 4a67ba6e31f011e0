package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Samples, with labels or without.
 *
 * @param source where they come from, for messages
 * @param inputs the inputs, at least one, all with the same number of samples
 * @param labels the labels, or null
 * @param classes the names of the classes where the data tell them, in the order of the labels
 */
public record Samples(
        String source, List<Column> inputs, @Nullable Column labels, List<String> classes) {

    /**
     * Checks that the arrays go together.
     *
     * @param source where they come from, for messages
     * @param inputs the inputs, at least one, all with the same number of samples
     * @param labels the labels, or null
     * @param classes the names of the classes where the data tell them, in the order of the labels
     * @throws IllegalArgumentException if there is no input or no sample, or the numbers of samples
     *     differ
     */
    public Samples {
        inputs = List.copyOf(inputs);
        classes = List.copyOf(classes);
        if (inputs.isEmpty() || inputs.get(0).size() == 0) {
            throw new IllegalArgumentException(source + " holds no samples.");
        }
        int size = inputs.get(0).size();
        for (Column input : inputs) {
            requireSize(source, input, size);
        }
        if (labels != null) {
            requireSize(source, labels, size);
        }
    }

    private static void requireSize(String source, Column column, int size) {
        if (column.size() != size) {
            throw new IllegalArgumentException(
                    source
                            + ": the array "
                            + column.name().replaceFirst("^" + Pattern.quote(source + ", "), "")
                            + " has "
                            + column.size()
                            + " samples where "
                            + size
                            + " belong.");
        }
    }

    /**
     * Draws inputs from a normal distribution of mean 0 and deviation 1.
     *
     * @param inputShapes the shapes of the inputs, whose first dimension is the batch
     * @param size the number of samples, at least 1
     * @param seed what they are drawn from
     * @return samples without labels
     */
    public static Samples random(List<Shape> inputShapes, int size, long seed) {
        Random random = new Random(seed);
        List<Column> inputs = new ArrayList<>();
        for (Shape shape : inputShapes) {
            Shape sample = shape.slice(1);
            float[] values = new float[Math.multiplyExact(size, (int) sample.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            inputs.add(new FloatColumn("random", size, sample, values));
        }
        return new Samples("random inputs", inputs, null, List.of());
    }

    /**
     * Returns the number of samples.
     *
     * @return the number of samples
     */
    public int size() {
        return inputs.get(0).size();
    }

    /**
     * Returns the shapes of the inputs.
     *
     * @return shapes whose first dimension, the batch, is 1
     */
    public List<Shape> inputShapes() {
        return inputs.stream().map(input -> Stacks.shape(1, input.sampleShape())).toList();
    }

    /**
     * Returns the labels.
     *
     * @return the labels
     * @throws IllegalArgumentException if the data have none
     */
    public Column requireLabels() {
        if (labels == null) {
            throw new IllegalArgumentException(
                    source
                            + " holds no labels; give a file of them, or an .npz file with an array"
                            + " named labels.");
        }
        return Objects.requireNonNull(labels);
    }

    /**
     * Returns the samples as a dataset in their order.
     *
     * @param batchSize the number of samples in a batch, at least 1
     * @return the dataset
     */
    public SampleDataset dataset(int batchSize) {
        return new SampleDataset(this, batchSize, size(), null);
    }
}
