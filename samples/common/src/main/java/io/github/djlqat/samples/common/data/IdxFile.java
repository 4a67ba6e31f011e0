package io.github.djlqat.samples.common.data;

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
 */
final class IdxFile {

    private static final int UNSIGNED_BYTES = 0x0800;
    private static final int LARGEST = 1 << 30;

    private final int[] sizes;
    private final byte[] values;

    private IdxFile(int[] sizes, byte[] values) {
        this.sizes = sizes;
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @param file the file; decompressed where its name ends in {@code .gz}
     * @param dimensions the number of dimensions that it must have
     * @return the contents
     * @throws IOException if the file cannot be read, is of another type, or does not hold what its
     *     header says
     */
    static IdxFile read(Path file, int dimensions) throws IOException {
        try (DataInputStream in = new DataInputStream(open(file))) {
            int magic = in.readInt();
            if (magic != UNSIGNED_BYTES + dimensions) {
                throw new IOException(
                        String.format(
                                "%s begins with 0x%08X; an idx file of unsigned bytes with %d dimensions begins with"
                                        + " 0x%08X.",
                                file, magic, dimensions, UNSIGNED_BYTES + dimensions));
            }
            int[] sizes = new int[dimensions];
            long total = 1;
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = in.readInt();
                if (sizes[i] < 1 || sizes[i] > LARGEST || total * sizes[i] > LARGEST) {
                    throw new IOException(
                            file
                                    + ": dimension "
                                    + i
                                    + " is "
                                    + Integer.toUnsignedString(sizes[i])
                                    + "; each is at least 1 and their product at most "
                                    + LARGEST
                                    + ".");
                }
                total *= sizes[i];
            }
            // grows with what the file holds, whatever its header promises
            byte[] values = in.readNBytes((int) total);
            if (values.length != total) {
                throw new IOException(
                        file
                                + " ends after "
                                + values.length
                                + " values; its header says "
                                + total
                                + ".");
            }
            if (in.read() != -1) {
                throw new IOException(
                        file + " goes on after the " + total + " values that its header says.");
            }
            return new IdxFile(sizes, values);
        } catch (EOFException e) {
            throw new IOException(file + " ends within its header or its compressed data.", e);
        } catch (ZipException e) {
            throw new IOException(file + " is not a sound gzip file: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Returns the size of a dimension.
     *
     * @param dimension the dimension
     * @return its size
     */
    int size(int dimension) {
        return sizes[dimension];
    }

    /**
     * Returns the values, which are the caller's from then on.
     *
     * @return the values
     */
    byte[] values() {
        return values;
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
