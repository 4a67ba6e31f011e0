package io.github.djlqat.graph;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.QuantizedTensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One argument of a node, in the order of the Java method it stands for, with the receiver array
 * first.
 */
public sealed interface Argument {

    /**
     * A computed tensor.
     *
     * @param value the value
     */
    record ValueReference(Value value) implements Argument {}

    /**
     * A parameter of the model.
     *
     * @param name the full name, as {@code block.getParameters()} gives it
     * @param parameter the parameter
     */
    record ParameterReference(String name, Parameter parameter) implements Argument {}

    /**
     * A floating-point or integer tensor that does not depend on the inputs.
     *
     * @param name a name that is unique in the graph
     * @param shape the shape
     * @param data a {@code float[]}, {@code int[]}, {@code long[]} or {@code boolean[]} in
     *     row-major order
     * @param format the format that its values were rounded to, with scales taken from them; null
     *     where they were not rounded
     */
    record Constant(String name, Shape shape, Object data, @Nullable TensorFormat format)
            implements Argument {

        /**
         * Creates a constant that was not rounded.
         *
         * @param name a name that is unique in the graph
         * @param shape the shape
         * @param data the values
         */
        public Constant(String name, Shape shape, Object data) {
            this(name, shape, data, null);
        }
    }

    /**
     * A quantized constant tensor; the op sees its dequantized values.
     *
     * @param name a name that is unique in the graph
     * @param tensor the codes
     */
    record Quantized(String name, QuantizedTensor tensor) implements Argument {}

    /**
     * Several tensors passed as one {@code NDList} or array.
     *
     * @param elements the tensors
     */
    record Sequence(List<Argument> elements) implements Argument {
        /**
         * Copies the elements.
         *
         * @param elements the tensors
         */
        public Sequence {
            elements = List.copyOf(elements);
        }
    }

    /**
     * Anything that is no tensor: a number, a {@code Shape}, an axis array, an {@code NDIndex},
     * null.
     *
     * @param value the object as passed
     */
    record Literal(@Nullable Object value) implements Argument {}
}
