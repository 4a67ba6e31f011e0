package io.github.djlqat.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizedTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A quantized tensor in the bytes of its format: packed codes, scales and what else belongs to it,
 * each in a plane of its own. Immutable.
 */
public final class PackedTensor {

    private final StorageFormat format;
    private final Shape shape;
    private final List<byte[]> planes;

    /** Takes the arrays as they are: callers within the package hand over their own copies. */
    PackedTensor(StorageFormat format, Shape shape, List<byte[]> planes) {
        List<StoredPlane> expected = format.planes(shape);
        if (planes.size() != expected.size()) {
            throw new IllegalArgumentException(
                    "Shape "
                            + shape
                            + " has "
                            + expected.size()
                            + " planes, not "
                            + planes.size()
                            + ".");
        }
        for (int i = 0; i < planes.size(); i++) {
            if (planes.get(i).length != expected.get(i).size()) {
                throw new IllegalArgumentException(
                        "The "
                                + expected.get(i).name()
                                + " of shape "
                                + shape
                                + " take "
                                + expected.get(i).size()
                                + " bytes, not "
                                + planes.get(i).length
                                + ".");
            }
        }
        format.requireLegal(planes, shape);
        this.format = format;
        this.shape = shape;
        this.planes = List.copyOf(planes);
    }

    /**
     * Takes bytes that were packed elsewhere.
     *
     * @param format what the bytes mean
     * @param shape the shape of the tensor, at most 2147483647 elements
     * @param planes the bytes of each plane in the order of {@link StorageFormat#planes}
     * @return the tensor
     * @throws IllegalArgumentException if the format cannot hold the shape, a plane has another
     *     size, or a code or a scale is none of the format
     */
    public static PackedTensor of(StorageFormat format, Shape shape, List<byte[]> planes) {
        return new PackedTensor(format, shape, planes.stream().map(byte[]::clone).toList());
    }

    /**
     * Packs integer codes.
     *
     * @param tensor the codes with what they mean
     * @return the tensor
     * @throws IllegalArgumentException if a code is outside the format, or the number of codes or
     *     of scales does not fit the shape
     */
    public static PackedTensor of(QuantizedTensor tensor) {
        IntegerStorageFormat format = IntegerStorageFormat.of(tensor.parameters());
        return new PackedTensor(format, tensor.shape(), format.pack(tensor));
    }

    /**
     * Encodes values in blocks.
     *
     * @param values the values in row-major order
     * @param shape the shape of the tensor
     * @param format the format of the blocks
     * @return the tensor
     * @throws IllegalArgumentException if the number of values does not fit the shape, the last
     *     axis is not a whole number of blocks where the format needs that, or a value is one that
     *     the format refuses
     */
    public static PackedTensor encode(float[] values, Shape shape, BlockFormat format) {
        BlockStorageFormat blocks = new BlockStorageFormat(format);
        blocks.planes(shape);
        if (values.length != Elements.count(shape)) {
            throw new IllegalArgumentException(
                    values.length + " values were given for shape " + shape + ".");
        }
        return new PackedTensor(blocks, shape, format.encode(values));
    }

    /**
     * Encodes values as codes of a float format or a table times a scale.
     *
     * @param values the values in row-major order
     * @param shape the shape of the tensor
     * @param elements a float or codebook format
     * @param granularity which elements share a scale
     * @param scales the positive finite scales, one for each set of elements that share one
     * @return the tensor
     * @throws IllegalArgumentException if the format is an integer one, or the number of values or
     *     of scales does not fit the shape
     */
    public static PackedTensor encode(
            float[] values,
            Shape shape,
            NumberFormat elements,
            Granularity granularity,
            float[] scales) {
        ScaledStorageFormat format = new ScaledStorageFormat(elements, granularity);
        return new PackedTensor(format, shape, format.encode(values, shape, scales));
    }

    /**
     * Reads a tensor from a file.
     *
     * @param path the file
     * @return the tensor
     * @throws IOException naming the file and what is wrong if it cannot be read, is no packed
     *     tensor, was cut off, has bytes behind its end or was damaged
     */
    public static PackedTensor load(Path path) throws IOException {
        return PackedTensorFile.load(path);
    }

    /**
     * Reads a tensor from a stream, up to the tensor's end.
     *
     * @param stream the stream, left open
     * @return the tensor
     * @throws IOException saying what is wrong if it cannot be read, is no packed tensor, was cut
     *     off or was damaged
     */
    public static PackedTensor read(InputStream stream) throws IOException {
        return PackedTensorFile.read(stream);
    }

    /**
     * Writes the tensor into a file, whole or not at all.
     *
     * @param path the file, in a directory that is there; a file that exists is replaced
     * @throws IOException naming the file and the reason if it cannot be written
     */
    public void save(Path path) throws IOException {
        PackedTensorFile.save(this, path);
    }

    /**
     * Writes the tensor into a stream.
     *
     * @param stream the stream, left open
     * @throws IOException if it cannot be written
     */
    public void write(OutputStream stream) throws IOException {
        PackedTensorFile.write(this, stream);
    }

    /**
     * Returns what the bytes mean.
     *
     * @return the format
     */
    public StorageFormat format() {
        return format;
    }

    /**
     * Returns the shape.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Returns the bytes of a plane.
     *
     * @param name the name of the plane, such as {@code codes} or {@code scales}
     * @return a read-only view of the bytes
     * @throws IllegalArgumentException if the format has no such plane
     */
    public ByteBuffer plane(String name) {
        List<StoredPlane> names = format.planes(shape);
        for (int i = 0; i < planes.size(); i++) {
            if (names.get(i).name().equals(name)) {
                return ByteBuffer.wrap(planes.get(i)).asReadOnlyBuffer();
            }
        }
        throw new IllegalArgumentException(
                "There is no plane \""
                        + name
                        + "\"; legal are "
                        + names.stream().map(StoredPlane::name).toList()
                        + ".");
    }

    /**
     * Returns the memory that the planes take.
     *
     * @return the number of bytes
     */
    public long size() {
        return planes.stream().mapToLong(plane -> plane.length).sum();
    }

    /**
     * Returns the memory that an element takes with its share of the scales.
     *
     * @return the number of bits, or NaN if there are no elements
     */
    public double bitsPerWeight() {
        int count = Elements.count(shape);
        return count == 0 ? Double.NaN : 8.0 * size() / count;
    }

    /**
     * Computes the real values.
     *
     * @return the values in row-major order
     */
    public float[] dequantize() {
        return format.dequantize(planes, shape);
    }

    /**
     * Computes the real values.
     *
     * @param manager the manager of the array
     * @return a FLOAT32 array of the tensor's shape
     */
    public NDArray dequantize(NDManager manager) {
        return manager.create(dequantize(), shape);
    }

    /**
     * Takes a range of the first axis.
     *
     * @param from the first index
     * @param to the index after the last
     * @return the tensor of the range, of the same format
     * @throws IllegalArgumentException if the range is empty or not within the axis, or cuts
     *     through elements that share a scale or a byte with others
     */
    public PackedTensor slice(long from, long to) {
        RowRange rows = new RowRange(from, to);
        Shape shapeOfSlice = rows.of(shape);
        return new PackedTensor(format, shapeOfSlice, format.slice(planes, shape, rows));
    }

    /**
     * Unpacks integer codes.
     *
     * @return the codes with what they mean
     * @throws IllegalStateException if the elements are no integers
     */
    public QuantizedTensor toQuantizedTensor() {
        if (format instanceof IntegerStorageFormat integers) {
            return integers.unpack(planes, shape);
        }
        throw new IllegalStateException("A tensor of " + format + " has no integer codes.");
    }

    /** The arrays themselves. */
    List<byte[]> planes() {
        return planes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedTensor that
                && format.equals(that.format)
                && shape.equals(that.shape)
                && Arrays.deepEquals(planes.toArray(), that.planes.toArray());
    }

    @Override
    public int hashCode() {
        return 31 * (31 * format.hashCode() + shape.hashCode())
                + Arrays.deepHashCode(planes.toArray());
    }

    @Override
    public String toString() {
        return format + " " + shape + ", " + size() + " bytes";
    }
}
