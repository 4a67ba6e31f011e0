package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.Expression.Argument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is cast where one of PyTorch's functions multiplies.
 *
 * @param operands how each of the first arguments is cast
 * @param result the function that casts what it returns
 */
record CastRule(List<Cast> operands, String result) {

    /** How an argument is cast. */
    enum Cast {
        /** Not at all. */
        NONE(""),
        /** As a tensor. */
        TENSOR("operand"),
        /** As a tensor or nothing. */
        OPTIONAL("optional_operand"),
        /** As a list of tensors. */
        LIST("operands");

        private final String function;

        Cast(String function) {
            this.function = function;
        }

        /** The function that casts it. */
        String function() {
            return function;
        }
    }

    private static final String TENSOR_RESULT = "result";
    private static final Set<String> BOOLEANS = Set.of("True", "False");

    /** Returns what is cast in a call, or null if it multiplies nothing. */
    static @Nullable CastRule of(String function, List<Argument> arguments) {
        return switch (function) {
            case "conv1d", "conv2d", "conv3d", "_convolution", "convolution", "_convolution_mode" ->
                    tensors(2, 1);
            case "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "linear" ->
                    tensors(2, 1);
            case "addmm", "baddbmm", "addmv", "addbmm" -> tensors(3, 0);
            case "matmul", "mm", "bmm", "mv" -> tensors(2, 0);
            case "scaled_dot_product_attention" -> tensors(3, 1);
            case "einsum" -> new CastRule(List.of(Cast.NONE, Cast.LIST), TENSOR_RESULT);
            case "lstm" -> recurrent(arguments, 2, "three_results");
            case "gru", "rnn_tanh", "rnn_relu" -> recurrent(arguments, 1, "two_results");
            case "gru_cell", "rnn_tanh_cell", "rnn_relu_cell" -> tensors(4, 2);
            case "lstm_cell" ->
                    new CastRule(
                            List.of(
                                    Cast.TENSOR,
                                    Cast.LIST,
                                    Cast.TENSOR,
                                    Cast.TENSOR,
                                    Cast.OPTIONAL,
                                    Cast.OPTIONAL),
                            "two_results");
            default -> null;
        };
    }

    private static CastRule tensors(int count, int optional) {
        List<Cast> operands = new ArrayList<>(Collections.nCopies(count, Cast.TENSOR));
        operands.addAll(Collections.nCopies(optional, Cast.OPTIONAL));
        return new CastRule(operands, TENSOR_RESULT);
    }

    /** Lists of states and weights stand before the first boolean, single tensors before them. */
    private static @Nullable CastRule recurrent(
            List<Argument> arguments, int lists, String result) {
        for (int i = lists; i < arguments.size(); i++) {
            if (arguments.get(i).value() instanceof Expression.Name name
                    && BOOLEANS.contains(name.name())) {
                List<Cast> operands = new ArrayList<>(Collections.nCopies(i - lists, Cast.TENSOR));
                operands.addAll(Collections.nCopies(lists, Cast.LIST));
                return new CastRule(operands, result);
            }
        }
        return null;
    }
}
