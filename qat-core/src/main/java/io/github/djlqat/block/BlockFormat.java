package io.github.djlqat.block;

import java.util.List;

/**
 * A format that stores runs of consecutive values with a scale of their own.
 *
 * <p>{@link #encode} and {@link #decode} are the definition of the format. They lay the bytes out
 * as the reference implementation does, multi-byte numbers little-endian. Blocks run along the last
 * axis of a row-major tensor.
 */
public sealed interface BlockFormat permits BitsAndBytesFormat, GgmlFormat, MxFormat, NvFp4Format {

    /**
     * Returns the name that {@link #parse} reads, such as {@code nf4-64} or {@code mxfp4-floor}.
     *
     * @return the name
     */
    String formatName();

    /**
     * Returns the number of values in a block.
     *
     * @return the number of values
     */
    int blockSize();

    /**
     * Returns the byte arrays that a tensor is kept in, in their order.
     *
     * @return the planes
     */
    List<Plane> planes();

    /**
     * Returns whether the tensor is cut into blocks as one long row whose last block may be short.
     * Otherwise each row is a whole number of blocks.
     *
     * @return whether blocks ignore the ends of rows
     */
    default boolean flattens() {
        return false;
    }

    /**
     * Encodes values.
     *
     * @param values the values in row-major order, of any size that the format takes
     * @return the bytes of each plane
     * @throws IllegalArgumentException if the number of values is not that of whole blocks where
     *     the format needs them, or a value is one that the format refuses
     */
    List<byte[]> encode(float[] values);

    /**
     * Decodes values.
     *
     * @param planes the bytes of each plane, which may hold any bits
     * @param count the number of values
     * @return the values in row-major order
     * @throws IllegalArgumentException if a plane has not the size for so many values
     */
    float[] decode(List<byte[]> planes, int count);

    /**
     * Returns the memory that a tensor takes.
     *
     * @param count the number of values
     * @return the number of bytes of all planes
     */
    default long size(long count) {
        return planes().stream().mapToLong(plane -> plane.size(count)).sum();
    }

    /**
     * Parses the name of a format: {@code nf4-64}, {@code fp4-64} and with a {@code -dq} behind for
     * double quantization; {@code mxfp4-floor} and the like; {@code nvfp4-torchao} and the like,
     * with {@code -tensor} behind for a tensor scale; {@code ggml-q4_0} and the like.
     *
     * @param name the name
     * @return the format
     * @throws IllegalArgumentException if there is no such format
     */
    static BlockFormat parse(String name) {
        return BlockFormatNames.parse(name);
    }

    /**
     * Returns the names that {@link #parse} reads.
     *
     * @return the names of all block formats
     */
    static List<String> names() {
        return BlockFormatNames.names();
    }
}
