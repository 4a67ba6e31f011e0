package io.github.djlqat.extension.criteria;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads arrays that NumPy saved. DJL's own reader takes types that its PyTorch engine ends the
 * process on.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy's
 *     format</a>
 */
final class NumpyFiles {

    private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int LARGEST = Integer.MAX_VALUE - 8;
    private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");

    private NumpyFiles() {}

    static boolean isArray(Path file) {
        return file.toString().endsWith(".npy");
    }

    static boolean isArchive(Path file) {
        return file.toString().endsWith(".npz");
    }

    /**
     * Reads a file.
     *
     * @return the array of an .npy file, or those of an .npz file in its order
     * @throws IOException if it is not such a file, ends early, or holds a type that is not
     *     float32, int32, int64, int8, uint8 or bool
     */
    static NDList read(Path file, NDManager manager) throws IOException {
        if (isArchive(file)) {
            return archive(file, manager);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new NDList(array(file.toString(), in, manager));
        }
    }

    private static NDList archive(Path file, NDManager manager) throws IOException {
        NDList arrays = new NDList();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
                    arrays.add(array(file + "!" + entry.getName(), in, manager));
                }
            }
        } catch (ZipException | EOFException e) {
            throw new IOException(file + " is no whole .npz file: " + e.getMessage(), e);
        }
        if (arrays.isEmpty()) {
            throw new IOException(file + " holds no arrays.");
        }
        return arrays;
    }

    private static NDArray array(String name, InputStream in, NDManager manager)
            throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2
                || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException(name + " does not begin as an array of NumPy's does.");
        }
        String header = header(name, in, start[MAGIC.length]);
        String type = find(TYPE, header, name);
        if (find(ORDER, header, name).equals("True")) {
            throw new IOException(
                    name + " is in Fortran's order; save numpy.ascontiguousarray of it.");
        }
        Shape shape = shape(find(SHAPE, header, name), name);
        long size = bytes(shape, width(type, name), name);
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new IOException(
                    name + " ends after " + bytes.length + " of " + size + " bytes of data.");
        }
        try (NDArray view = create(type, bytes, shape, manager)) {
            // its own memory: that of the view belongs to the Java array
            NDArray array = view.duplicate();
            array.attach(manager);
            return array;
        }
    }

    private static String header(String name, InputStream in, int version) throws IOException {
        byte[] bytes = in.readNBytes(version == 1 ? 2 : 4);
        long length = 0;
        for (int i = bytes.length - 1; i >= 0; i--) {
            length = (length << 8) | (bytes[i] & 0xff);
        }
        if (length > LONGEST_HEADER) {
            throw new IOException(name + " claims a header of " + length + " bytes.");
        }
        return new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
    }

    private static String find(Pattern pattern, String header, String name) throws IOException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IOException(
                    name + " has the header " + header.strip() + ", which is unknown.");
        }
        return matcher.group(1);
    }

    private static Shape shape(String text, String name) throws IOException {
        try {
            return new Shape(
                    Arrays.stream(text.split(","))
                            .map(String::strip)
                            .filter(part -> !part.isEmpty())
                            .mapToLong(Long::parseLong)
                            .toArray());
        } catch (NumberFormatException e) {
            throw new IOException(name + " claims the shape (" + text + ").", e);
        }
    }

    private static long bytes(Shape shape, int width, String name) throws IOException {
        try {
            long size = width;
            for (long dimension : shape.getShape()) {
                size = Math.multiplyExact(size, dimension);
            }
            if (size <= LARGEST) {
                return size;
            }
        } catch (ArithmeticException e) {
            // told below
        }
        throw new IOException(name + " has the shape " + shape + "; at most 2 GiB can be read.");
    }

    private static int width(String type, String name) throws IOException {
        return switch (type) {
            case "|u1", "|i1", "|b1" -> 1;
            case "<f4", "<i4" -> 4;
            case "<i8" -> 8;
            default ->
                    throw new IOException(
                            name
                                    + " has elements of NumPy's type "
                                    + type
                                    + "; legal are float32, int32, int64, int8, uint8 and bool,"
                                    + " little-endian.");
        };
    }

    private static NDArray create(String type, byte[] bytes, Shape shape, NDManager manager) {
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case "<f4" -> {
                float[] values = new float[bytes.length / Float.BYTES];
                data.asFloatBuffer().get(values);
                return manager.create(values, shape);
            }
            case "<i4" -> {
                int[] values = new int[bytes.length / Integer.BYTES];
                data.asIntBuffer().get(values);
                return manager.create(values, shape);
            }
            case "<i8" -> {
                long[] values = new long[bytes.length / Long.BYTES];
                data.asLongBuffer().get(values);
                return manager.create(values, shape);
            }
            case "|b1" -> {
                boolean[] values = new boolean[bytes.length];
                for (int i = 0; i < bytes.length; i++) {
                    values[i] = bytes[i] != 0;
                }
                return manager.create(values, shape);
            }
            case "|u1" -> {
                return manager.create(data, shape, DataType.UINT8);
            }
            default -> {
                return manager.create(bytes, shape);
            }
        }
    }
}
