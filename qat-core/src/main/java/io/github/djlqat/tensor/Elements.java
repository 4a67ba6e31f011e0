package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sizes of shapes, and numbers in bytes. */
final class Elements {

    private Elements() {}

    /** Refuses shapes whose axes other than those of length 0 have too many elements. */
    static int count(Shape shape) {
        long extent = 1;
        boolean empty = false;
        for (long dimension : shape.getShape()) {
            empty |= dimension == 0;
            extent *= Math.max(dimension, 1);
            if (dimension < 0 || dimension > Integer.MAX_VALUE || extent > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "Shape "
                                + shape
                                + " is not fully known or has more than "
                                + Integer.MAX_VALUE
                                + " elements.");
            }
        }
        return empty ? 0 : (int) extent;
    }

    static long perRow(Shape shape) {
        long extent = 1;
        for (int axis = 1; axis < shape.dimension(); axis++) {
            extent *= shape.get(axis);
        }
        return extent;
    }

    static byte[] bytes(float[] values) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
