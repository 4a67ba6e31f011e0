package io.github.djlqat.workflow.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Shapes of batches. */
final class Batches {

    private Batches() {}

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
