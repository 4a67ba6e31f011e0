package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The arrays of a state, encoded.
 *
 * @param step the number of steps they have seen
 * @param arrays the encoded arrays
 */
record SavedArrays(int step, List<byte[]> arrays) {

    static SavedArrays of(int step, NDList arrays) {
        return new SavedArrays(step, arrays.stream().map(NDArray::encode).toList());
    }

    NDArray decode(NDManager manager, int i, Device device) {
        NDArray array = manager.decode(arrays.get(i));
        NDArray there = array.toDevice(device, false);
        if (there != array) {
            array.close();
        }
        return there;
    }

    /**
     * Checks that the arrays can be decoded and are those that a parameter needs.
     *
     * @param manager the manager to decode them on
     * @param name the parameter's name
     * @param parameter the parameter; one that is not initialized has no shape to hold them against
     * @param expected the arrays that a weight of some shape needs
     * @throws MalformedModelException naming the parameter
     */
    void check(
            NDManager manager,
            String name,
            Parameter parameter,
            Function<Shape, List<Slot>> expected)
            throws MalformedModelException {
        List<Slot> actual = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
            try (NDArray array = decode(manager, i, manager.getDevice())) {
                actual.add(new Slot(array.getShape(), array.getDataType()));
            } catch (RuntimeException e) {
                throw new MalformedModelException("The state of " + name + " holds no array.", e);
            }
        }
        if (parameter.isInitialized()) {
            Shape shape = parameter.getArray().getShape();
            if (!actual.equals(expected.apply(shape))) {
                throw new MalformedModelException(
                        "The saved state of "
                                + name
                                + " does not fit its shape "
                                + shape
                                + ": it holds "
                                + actual
                                + ".");
            }
        }
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(step);
        out.writeInt(arrays.size());
        for (byte[] array : arrays) {
            out.writeInt(array.length);
            out.write(array);
        }
    }

    static SavedArrays read(DataInputStream in) throws IOException {
        int step = in.readInt();
        int count = in.readInt();
        List<byte[]> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            // Reads as much as there is, so that a length out of nowhere takes no memory.
            byte[] bytes = in.readNBytes(Math.max(0, length));
            if (bytes.length != length) {
                throw new EOFException();
            }
            arrays.add(bytes);
        }
        return new SavedArrays(step, arrays);
    }
}
