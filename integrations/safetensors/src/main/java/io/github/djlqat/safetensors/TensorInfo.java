package io.github.djlqat.safetensors;

import ai.djl.ndarray.types.Shape;

/**
 * What the header says of one tensor.
 *
 * @param name its name, unique in the file
 * @param dtype the type of its elements
 * @param shape its shape, row-major, every dimension at least 0; a scalar has none
 * @param begin the offset of its first byte from the start of the data
 * @param end the offset after its last byte from the start of the data
 */
public record TensorInfo(String name, Dtype dtype, Shape shape, long begin, long end) {

    /**
     * Checks that the offsets hold exactly the elements.
     *
     * @param name its name, unique in the file
     * @param dtype the type of its elements
     * @param shape its shape, row-major, every dimension at least 0; a scalar has none
     * @param begin the offset of its first byte from the start of the data
     * @param end the offset after its last byte from the start of the data
     */
    public TensorInfo {
        if (begin < 0 || end < begin) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\": its data offsets are ["
                            + begin
                            + ", "
                            + end
                            + "]; they must be at least 0 and ascending.");
        }
        long needed = byteSize(name, dtype, shape);
        if (end - begin != needed) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\": its data offsets ["
                            + begin
                            + ", "
                            + end
                            + "] hold "
                            + (end - begin)
                            + " bytes, but shape "
                            + Text.shorten(shape.toString())
                            + " of "
                            + dtype
                            + " takes "
                            + needed
                            + ".");
        }
    }

    /**
     * Returns the number of elements.
     *
     * @return the number of elements, 1 for a scalar
     */
    public long elements() {
        int bits = dtype.bits();
        return bits >= 8 ? byteSize() / (bits / 8) : Math.multiplyExact(byteSize(), 8L) / bits;
    }

    /**
     * Returns the size of the data.
     *
     * @return the size in bytes
     */
    public long byteSize() {
        return end - begin;
    }

    static long byteSize(String name, Dtype dtype, Shape shape) {
        try {
            long elements = 1;
            for (long dimension : shape.getShape()) {
                if (dimension < 0) {
                    throw new SafetensorsException(
                            "Tensor \""
                                    + Text.shorten(name)
                                    + "\": its shape has the dimension "
                                    + dimension
                                    + "; the least is 0.");
                }
                elements = Math.multiplyExact(elements, dimension);
            }
            return dtype.bytes(elements);
        } catch (ArithmeticException e) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\": shape "
                            + Text.shorten(shape.toString())
                            + " of "
                            + dtype
                            + " has no legal size in bytes ("
                            + e.getMessage()
                            + ").",
                    e);
        }
    }
}
