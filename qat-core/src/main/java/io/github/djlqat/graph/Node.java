package io.github.djlqat.graph;

import io.github.djlqat.intercept.Site;
import java.util.List;

/**
 * One operation of a graph.
 *
 * @param op the name of the {@code NDArray} or {@code NDArrayEx} method, {@link #FAKE_QUANTIZE} or
 *     {@link #ROUND}
 * @param site where in the model the operation is
 * @param arguments the arguments, with the receiver array first
 * @param outputs the values it computes
 */
public record Node(String op, Site site, List<Argument> arguments, List<Value> outputs) {

    /**
     * The op that rounds its first argument to the codes of a literal {@code
     * QuantizationParameters}, its second argument, and back.
     */
    public static final String FAKE_QUANTIZE = "fakeQuantize";

    /**
     * The op that rounds its first argument to the values of a literal {@code TensorFormat}, its
     * second argument, with scales taken from the first.
     */
    public static final String ROUND = "roundToFormat";

    /** Copies the lists. */
    public Node {
        arguments = List.copyOf(arguments);
        outputs = List.copyOf(outputs);
    }
}
