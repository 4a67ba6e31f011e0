package io.github.djlqat.workflow.model;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A parameter or buffer of a model.
 *
 * @param name the full name
 * @param type the element type, such as {@code float32}
 * @param shape the sizes of its dimensions
 */
public record ParameterInfo(String name, String type, List<Long> shape) {

    /**
     * Copies the shape.
     *
     * @param name the full name
     * @param type the element type, such as {@code float32}
     * @param shape the sizes of its dimensions
     */
    public ParameterInfo {
        shape = List.copyOf(shape);
    }

    /**
     * Describes a parameter.
     *
     * @param name the full name
     * @param type the element type
     * @param shape the shape
     * @return the description
     */
    public static ParameterInfo of(String name, String type, Shape shape) {
        return new ParameterInfo(name, type, Arrays.stream(shape.getShape()).boxed().toList());
    }

    /**
     * Returns the number of elements.
     *
     * @return the product of the sizes
     */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
