package io.github.djlqat.numpy;

import ai.djl.ndarray.types.Shape;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's format, versions 1 to 3.
 *
 * <p>Source: <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>.
 *
 * @param name its name, for messages
 * @param type the element type without the byte order, such as {@code f4}
 * @param shape its shape
 * @param bytes its elements in row-major order, little-endian
 */
public record NumpyArray(String name, String type, Shape shape, byte[] bytes) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern DESCRIPTION =
            Pattern.compile("'descr'\\s*:\\s*'([<>=|]?)([a-zA-Z]\\d*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

    /**
     * Reads an array.
     *
     * @param stream the stream, read up to the end of the array
     * @param name what messages call it
     * @return the array
     * @throws IOException if it is no such array, ends early, or has elements that are no plain
     *     numbers
     */
    public static NumpyArray read(InputStream stream, String name) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new IOException(name + " is no NumPy array: it does not begin as one.");
            }
            int version = in.readUnsignedByte();
            in.readUnsignedByte();
            if (version < 1 || version > 3) {
                throw new IOException(
                        name + " has version " + version + " of NumPy's format; legal are 1 to 3.");
            }
            long length =
                    version == 1
                            ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                            : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
            if (length > LONGEST_HEADER) {
                throw new IOException(
                        name
                                + " has a header of "
                                + length
                                + " bytes; legal are at most "
                                + LONGEST_HEADER
                                + ".");
            }
            String header = new String(in.readNBytes((int) length), StandardCharsets.ISO_8859_1);
            return read(in, name, header);
        } catch (EOFException e) {
            throw new IOException(name + " ends within its header.", e);
        }
    }

    private static NumpyArray read(InputStream in, String name, String header) throws IOException {
        Matcher description = DESCRIPTION.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!description.find() || !order.find() || !shape.find()) {
            throw new IOException(
                    name
                            + " has the header "
                            + header.strip()
                            + "; legal are arrays of plain numbers, with descr, fortran_order and"
                            + " shape.");
        }
        String type = description.group(2);
        int width = width(name, type);
        long[] sizes = sizes(name, shape.group(1));
        long bytes = width;
        for (long size : sizes) {
            if (size > 0 && bytes > Integer.MAX_VALUE / size) {
                throw new IOException(
                        name + " of shape " + Arrays.toString(sizes) + " has more than 2 GiB.");
            }
            bytes *= size;
        }
        // Grows with what the file holds, whatever its header promises.
        byte[] values = in.readNBytes((int) bytes);
        if (values.length != bytes) {
            throw new IOException(
                    name + " ends after " + values.length + " bytes of its " + bytes + ".");
        }
        if (description.group(1).equals(">")) {
            reverse(values, width);
        }
        if (order.group(1).equals("True") && sizes.length > 1) {
            values = rowMajor(values, width, sizes);
        }
        return new NumpyArray(name, type, new Shape(sizes), values);
    }

    private static int width(String name, String type) throws IOException {
        return switch (type) {
            case "f2", "i2", "u2" -> 2;
            case "f4", "i4", "u4" -> 4;
            case "f8", "i8" -> 8;
            case "i1", "u1", "b1" -> 1;
            default ->
                    throw new IOException(
                            name
                                    + " has elements of type "
                                    + type
                                    + "; legal are f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 and b1.");
        };
    }

    private static long[] sizes(String name, String text) throws IOException {
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IOException(name + " has the shape (" + text + "), which is too large.", e);
        }
    }

    private static void reverse(byte[] values, int width) {
        for (int at = 0; at < values.length; at += width) {
            for (int i = 0; i < width / 2; i++) {
                byte swapped = values[at + i];
                values[at + i] = values[at + width - 1 - i];
                values[at + width - 1 - i] = swapped;
            }
        }
    }

    private static byte[] rowMajor(byte[] columns, int width, long[] sizes) {
        byte[] rows = new byte[columns.length];
        long[] index = new long[sizes.length];
        for (int at = 0; at < columns.length; at += width) {
            long row = 0;
            for (int d = 0; d < sizes.length; d++) {
                row = row * sizes[d] + index[d];
            }
            System.arraycopy(columns, at, rows, (int) row * width, width);
            for (int d = 0; d < sizes.length && ++index[d] == sizes[d]; d++) {
                index[d] = 0;
            }
        }
        return rows;
    }

    /**
     * Returns the number of elements.
     *
     * @return the number of elements
     */
    public int length() {
        return (int) shape.size();
    }

    /**
     * Returns whether elements are floating-point numbers.
     *
     * @return true for f2, f4 and f8
     */
    public boolean isFloat() {
        return type.startsWith("f");
    }

    /**
     * Returns whether elements are integers of more than a byte, which stand for themselves where
     * bytes may be pixels.
     *
     * @return true for i2, u2, i4, u4 and i8
     */
    public boolean isInteger() {
        return !isFloat() && !type.endsWith("1");
    }

    /**
     * Returns the elements as floats, the nearest ones where they are no floats.
     *
     * @return the elements in row-major order
     */
    public float[] floats() {
        float[] values = new float[length()];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (type) {
                        case "f2" -> half(buffer.getShort());
                        case "f4" -> buffer.getFloat();
                        case "f8" -> (float) buffer.getDouble();
                        default -> integer(buffer);
                    };
        }
        return values;
    }

    /**
     * Returns the elements as integers.
     *
     * @return the elements in row-major order
     * @throws IllegalStateException if they are floating-point numbers
     */
    public long[] longs() {
        if (isFloat()) {
            throw new IllegalStateException(name + " holds floating-point numbers, no integers.");
        }
        long[] values = new long[length()];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            values[i] = integer(buffer);
        }
        return values;
    }

    private long integer(ByteBuffer buffer) {
        return switch (type) {
            case "i1" -> buffer.get();
            case "u1", "b1" -> buffer.get() & 0xFF;
            case "i2" -> buffer.getShort();
            case "u2" -> buffer.getShort() & 0xFFFF;
            case "i4" -> buffer.getInt();
            case "u4" -> Integer.toUnsignedLong(buffer.getInt());
            default -> buffer.getLong();
        };
    }

    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 0x1F ? 0xFF : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
