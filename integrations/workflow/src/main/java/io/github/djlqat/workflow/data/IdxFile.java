package io.github.djlqat.workflow.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The contents of a file in the idx format of unsigned bytes: two zero bytes, the type 8, the
 * number of dimensions, each dimension as a big-endian 32-bit integer, then the values with the
 * last dimension varying fastest.
 *
 * @param sizes the dimensions
 * @param values the values
 */
record IdxFile(int[] sizes, byte[] values) {

    private static final int UNSIGNED_BYTES = 0x0800;
    private static final int MOST_DIMENSIONS = 4;

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, is of another type, or does not hold what its
     *     header says
     */
    static IdxFile read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(open(file))) {
            int magic = in.readInt();
            int dimensions = magic - UNSIGNED_BYTES;
            if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
                throw new IOException(
                        String.format(
                                "%s begins with 0x%08X; an idx file of unsigned bytes begins with"
                                        + " 0x00000801 to 0x00000804.",
                                file, magic));
            }
            int[] sizes = new int[dimensions];
            long total = 1;
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = in.readInt();
                if (sizes[i] < 1 || total > Integer.MAX_VALUE / sizes[i]) {
                    throw new IOException(
                            file
                                    + ": dimension "
                                    + i
                                    + " is "
                                    + Integer.toUnsignedString(sizes[i])
                                    + "; each is at least 1 and their product at most "
                                    + Integer.MAX_VALUE
                                    + ".");
                }
                total *= sizes[i];
            }
            // Grows with what the file holds, whatever its header promises.
            byte[] values = in.readNBytes((int) total);
            if (values.length != total || in.read() != -1) {
                throw new IOException(
                        file
                                + " does not end after the "
                                + total
                                + " values that its header says, but "
                                + (values.length == total
                                        ? "goes on."
                                        : "after " + values.length + "."));
            }
            return new IdxFile(sizes, values);
        } catch (EOFException e) {
            throw new IOException(file + " ends within its header or its compressed data.", e);
        } catch (ZipException e) {
            throw new IOException(file + " is not a sound gzip file: " + e.getMessage() + ".", e);
        }
    }

    long[] longs() {
        long[] numbers = new long[values.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values[i] & 0xFF;
        }
        return numbers;
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        if (!file.getFileName().toString().endsWith(".gz")) {
            return in;
        }
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }
}
