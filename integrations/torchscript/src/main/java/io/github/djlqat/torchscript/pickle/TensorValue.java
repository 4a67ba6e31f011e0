package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;

/**
 * A dense tensor: a view of a storage.
 *
 * @param storage the storage
 * @param offset the position of the first element in the storage, in elements
 * @param shape the size of each dimension
 * @param stride the distance between neighbours in each dimension, in elements
 * @param requiresGrad whether it is trained
 */
public record TensorValue(
        StorageValue storage,
        long offset,
        List<Long> shape,
        List<Long> stride,
        boolean requiresGrad)
        implements PickleValue {

    /** The largest number of dimensions of a tensor in PyTorch's kernels. */
    private static final int MAX_DIMENSIONS = 64;

    /**
     * Checks that every element is in the storage.
     *
     * @param storage the storage
     * @param offset the position of the first element in the storage, in elements
     * @param shape the size of each dimension
     * @param stride the distance between neighbours in each dimension, in elements
     * @param requiresGrad whether it is trained
     * @throws TorchScriptException if one is not, or the shape is malformed
     */
    public TensorValue {
        shape = List.copyOf(shape);
        stride = List.copyOf(stride);
        if (Math.max(shape.size(), stride.size()) > MAX_DIMENSIONS) {
            throw refusal(
                    storage,
                    "it has "
                            + Math.max(shape.size(), stride.size())
                            + " dimensions; at most "
                            + MAX_DIMENSIONS
                            + " are");
        }
        if (shape.size() != stride.size()) {
            throw refusal(
                    storage,
                    "its shape "
                            + shape
                            + " and its stride "
                            + stride
                            + " differ in length; equal ones are");
        }
        try {
            check(storage, offset, shape, stride);
        } catch (ArithmeticException e) {
            throw refusal(
                    storage,
                    "its shape "
                            + shape
                            + " with stride "
                            + stride
                            + " exceeds 64 bits;"
                            + " fewer elements are");
        }
    }

    private static void check(
            StorageValue storage, long offset, List<Long> shape, List<Long> stride) {
        long elements = 1;
        long last = offset;
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) < 0 || stride.get(i) < 0) {
                throw refusal(
                        storage,
                        "its shape "
                                + shape
                                + " or its stride "
                                + stride
                                + " is negative;"
                                + " zero and more is");
            }
            elements = Math.multiplyExact(elements, shape.get(i));
            if (shape.get(i) > 0) {
                last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, stride.get(i)));
            }
        }
        if (offset < 0 || elements > 0 && last >= storage.elements()) {
            throw refusal(
                    storage,
                    "with offset "
                            + offset
                            + ", shape "
                            + shape
                            + " and stride "
                            + stride
                            + " it ends behind the "
                            + storage.elements()
                            + " elements of its storage; a view inside it is");
        }
    }

    private static TorchScriptException refusal(StorageValue storage, String problem) {
        return new TorchScriptException(
                "The tensor of storage "
                        + Text.quote(storage.key())
                        + " is refused: "
                        + problem
                        + " legal.");
    }

    /**
     * Returns the number of elements.
     *
     * @return the number
     */
    public long elements() {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements;
    }
}
