package io.github.djlqat.block;

/**
 * One of the byte arrays that a format keeps a tensor in, such as its codes or its scales.
 *
 * @param name what the bytes are, unique within the format
 * @param values how many consecutive values share a piece of the plane, or 0 if the whole tensor
 *     shares one
 * @param bytes the bytes of a piece
 */
public record Plane(String name, int values, int bytes) {

    /**
     * Checks the numbers.
     *
     * @param name what the bytes are, unique within the format
     * @param values how many consecutive values share a piece of the plane, or 0 if the whole
     *     tensor shares one
     * @param bytes the bytes of a piece
     * @throws IllegalArgumentException if the number of values is negative or that of bytes not
     *     positive
     */
    public Plane {
        if (values < 0 || bytes < 1) {
            throw new IllegalArgumentException(
                    "A plane has at least 0 values and 1 byte a piece, not "
                            + values
                            + " and "
                            + bytes
                            + ".");
        }
    }

    /**
     * Returns the size of the plane; a last piece that is not full counts as a whole one.
     *
     * @param count the number of values of the tensor, at least 0
     * @return the number of bytes
     */
    public long size(long count) {
        if (values == 0) {
            return bytes;
        }
        return (count / values + (count % values == 0 ? 0 : 1)) * bytes;
    }
}
