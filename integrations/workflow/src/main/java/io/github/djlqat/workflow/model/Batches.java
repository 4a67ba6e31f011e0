package io.github.djlqat.workflow.model;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Shapes of batches. */
final class Batches {

    /** Models are traced on a sample, which has to fit into memory many times over. */
    private static final long LARGEST_SAMPLE = 1L << 24;

    private Batches() {}

    /**
     * Checks that a model can be run on samples of some shapes.
     *
     * @throws IllegalArgumentException if a size is below 1 or a sample too large
     */
    static List<Shape> require(Path path, List<Shape> batches) {
        for (Shape batch : batches) {
            long elements = 1;
            for (long size : batch.getShape()) {
                if (size < 1 || size > LARGEST_SAMPLE / elements) {
                    throw new IllegalArgumentException(
                            "The inputs of "
                                    + path
                                    + " are said to have the shape "
                                    + batch
                                    + "; legal are sizes of at least 1, and at most "
                                    + LARGEST_SAMPLE
                                    + " elements in a sample. Give another shape, such as"
                                    + " 3x32x32.");
                }
                elements *= size;
            }
        }
        return batches;
    }

    /** Puts a batch of one before the shapes of samples. */
    static List<Shape> ofOne(List<List<Long>> samples) {
        List<Shape> shapes = new ArrayList<>();
        for (List<Long> sample : samples) {
            long[] sizes = new long[sample.size() + 1];
            sizes[0] = 1;
            for (int i = 0; i < sample.size(); i++) {
                sizes[i + 1] = sample.get(i);
            }
            shapes.add(new Shape(sizes));
        }
        return shapes;
    }

    /** Makes the first dimension of a batch's shape 1. */
    static Shape one(Shape batch) {
        long[] sizes = batch.getShape().clone();
        if (sizes.length > 0) {
            sizes[0] = 1;
        }
        return new Shape(sizes);
    }
}
