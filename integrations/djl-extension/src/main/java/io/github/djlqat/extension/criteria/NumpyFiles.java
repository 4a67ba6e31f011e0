package io.github.djlqat.extension.criteria;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.numpy.NumpyArray;
import io.github.djlqat.numpy.NumpyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Makes arrays of what NumPy saved. DJL's own reader takes types that its PyTorch engine ends the
 * process on.
 */
final class NumpyFiles {

    private NumpyFiles() {}

    /**
     * Reads a file.
     *
     * @return the array of an .npy file, or those of an .npz file in its order
     * @throws IOException if it is not such a file, ends early, or holds a type that is not
     *     float32, int32, int64, int8, uint8 or bool
     */
    static NDList read(Path file, NDManager manager) throws IOException {
        NDList arrays = new NDList();
        for (NumpyArray array : NumpyFile.read(file).values()) {
            // Its own memory: that of the created one belongs to the Java array.
            try (NDArray created = create(array, manager)) {
                NDArray own = created.duplicate();
                own.attach(manager);
                arrays.add(own);
            }
        }
        return arrays;
    }

    private static NDArray create(NumpyArray array, NDManager manager) throws IOException {
        DataType type =
                switch (array.type()) {
                    case "f4" -> DataType.FLOAT32;
                    case "i4" -> DataType.INT32;
                    case "i8" -> DataType.INT64;
                    case "i1" -> DataType.INT8;
                    case "u1" -> DataType.UINT8;
                    case "b1" -> DataType.BOOLEAN;
                    default ->
                            throw new IOException(
                                    array.name()
                                            + " has elements of NumPy's type "
                                            + array.type()
                                            + "; legal are float32, int32, int64, int8, uint8 and"
                                            + " bool.");
                };
        byte[] bytes = array.bytes();
        if (type == DataType.BOOLEAN) {
            // Native code takes other bytes than 0 and 1 for neither.
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
            }
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return manager.create(buffer, array.shape(), type);
    }
}
