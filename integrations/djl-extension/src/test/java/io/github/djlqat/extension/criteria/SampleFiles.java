package io.github.djlqat.extension.criteria;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.extension.Networks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Sample inputs in NumPy's format. */
public final class SampleFiles {

    private SampleFiles() {}

    /** Writes the batches of {@link Networks} to a folder. */
    public static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            int number = 0;
            for (NDList batch : Networks.batches(manager)) {
                write(folder.resolve("batch" + number++ + ".npy"), batch.singletonOrThrow());
            }
        }
    }

    private static void write(Path file, NDArray array) throws IOException {
        String shape =
                Arrays.toString(array.getShape().getShape()).replace("[", "(").replace("]", ",)");
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
        header = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        float[] values = array.toFloatArray();
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + header.length() + 4 * values.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0x93)
                        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                        .put((byte) 1)
                        .put((byte) 0)
                        .putShort((short) header.length())
                        .put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }
}
