package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The batches that everything is measured on, kept so that every candidate sees the same ones. */
final class Samples {

    /** One batch. */
    record Sample(NDList inputs, NDList labels, long size) {

        /** Returns a copy whose arrays, and what is computed from them, attach to a manager. */
        Sample in(NDManager manager) {
            return new Sample(copy(inputs, manager), copy(labels, manager), size);
        }
    }

    private final List<Sample> batches;

    private Samples(List<Sample> batches) {
        this.batches = List.copyOf(batches);
    }

    /**
     * Reads batches.
     *
     * @param data the dataset
     * @param manager what the batches attach to, on the device to run on
     * @param most the number of batches to take at most, at least 1
     * @throws IllegalArgumentException if the dataset has no batch
     */
    static Samples read(Dataset data, NDManager manager, int most)
            throws IOException, TranslateException {
        List<Sample> batches = new ArrayList<>();
        try (NDManager reading = manager.newSubManager()) {
            for (Batch batch : data.getData(reading)) {
                try (batch) {
                    NDList inputs = copy(batch.getData(), manager);
                    batches.add(
                            new Sample(
                                    inputs,
                                    copy(batch.getLabels(), manager),
                                    inputs.head().getShape().get(0)));
                }
                if (batches.size() >= most) {
                    break;
                }
            }
        }
        if (batches.isEmpty()) {
            throw new IllegalArgumentException(
                    "The dataset is empty; at least one batch is needed to measure on.");
        }
        return new Samples(batches);
    }

    private static NDList copy(NDList arrays, NDManager manager) {
        NDList copies = new NDList(arrays.size());
        for (NDArray array : arrays) {
            // A dataset's array may lie in memory that goes with its Java object; a copy does not.
            NDArray copy = array.duplicate();
            copy.attach(manager);
            NDArray there = copy.toDevice(manager.getDevice(), false);
            there.attach(manager);
            copies.add(there);
        }
        return copies;
    }

    /**
     * Returns arrays of the shapes given, of the types that the inputs have.
     *
     * @throws IllegalArgumentException if there are not as many shapes as inputs
     */
    NDList like(NDManager manager, Shape... shapes) {
        NDList inputs = batches.get(0).inputs();
        if (shapes.length != inputs.size()) {
            throw new IllegalArgumentException(
                    "The dataset has "
                            + inputs.size()
                            + " inputs where "
                            + shapes.length
                            + " shapes were given.");
        }
        NDList like = new NDList(shapes.length);
        for (int i = 0; i < shapes.length; i++) {
            like.add(manager.zeros(shapes[i], inputs.get(i).getDataType()));
        }
        return like;
    }

    List<Sample> batches() {
        return batches;
    }

    /** Returns the number of samples in all batches. */
    long size() {
        return batches.stream().mapToLong(Sample::size).sum();
    }
}
