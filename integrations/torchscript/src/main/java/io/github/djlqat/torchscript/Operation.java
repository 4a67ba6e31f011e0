package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.Expression.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a call of one of PyTorch's functions multiplies.
 *
 * @param name the name that recipes use, one of {@code LayerOps.NAMES}
 * @param operands what is quantized
 */
record Operation(String name, List<Operand> operands) {

    /**
     * A factor.
     *
     * @param argument the position among the call's arguments
     * @param item the position in the list that the argument is, -1 if it is no list, or {@link
     *     #MATRICES}
     * @param weight whether it is multiplied as a weight where it is one
     * @param channelAxis the axis of output channels of a weight, from the end if negative
     * @param listSize the length of the list that the argument is, 0 if it is none
     */
    record Operand(int argument, int item, boolean weight, int channelAxis, int listSize) {

        /** Stands for all matrices in a list of a recurrent network's weights and biases. */
        static final int MATRICES = -2;

        static Operand input(int argument) {
            return new Operand(argument, -1, false, 0, 0);
        }

        static Operand weight(int argument, int channelAxis) {
            return new Operand(argument, -1, true, channelAxis, 0);
        }
    }

    private static final Set<String> BOOLEANS = Set.of("True", "False");

    /** Functions that compute with weights in a way that cannot be quantized from outside. */
    private static final Set<String> FUSED =
            Set.of(
                    "einsum",
                    "bilinear",
                    "conv_tbc",
                    "chain_matmul",
                    "linalg_multi_dot",
                    "tensordot",
                    "inner",
                    "kron",
                    "_native_multi_head_attention",
                    "_transformer_encoder_layer_fwd");

    /** Those of them that a program has the same steps for, one by one. */
    private static final Set<String> LAYERS =
            Set.of("_native_multi_head_attention", "_transformer_encoder_layer_fwd");

    /** Whether a function computes what modules of PyTorch's can compute step by step. */
    static boolean isWholeLayer(String function) {
        return LAYERS.contains(function);
    }

    static boolean isFused(String function) {
        return FUSED.contains(function);
    }

    /** Returns what a call multiplies, or null if it is nothing that is quantized. */
    static @Nullable Operation of(String function, List<Argument> arguments) {
        return switch (function) {
            case "conv1d", "conv2d", "conv3d", "_convolution_mode" -> convolution(0);
            case "conv_transpose1d", "conv_transpose2d", "conv_transpose3d" -> convolution(1);
            case "_convolution", "convolution" ->
                    convolution(arguments.size() > 6 && isTrue(arguments.get(6)) ? 1 : 0);
            case "linear" -> layer("linear", Operand.input(0), Operand.weight(1, 0));
            case "addmm" -> layer("linear", Operand.input(1), Operand.weight(2, -1));
            case "matmul", "mm" -> layer("matMul", Operand.weight(0, -2), Operand.weight(1, -1));
            case "bmm" -> layer("batchDot", Operand.weight(0, -2), Operand.weight(1, -1));
            case "baddbmm" -> layer("batchDot", Operand.weight(1, -2), Operand.weight(2, -1));
            case "addbmm" -> layer("batchDot", Operand.weight(1, -2), Operand.weight(2, -1));
            case "addmv" -> layer("matMul", Operand.weight(1, 0), Operand.input(2));
            case "mv" -> layer("matMul", Operand.weight(0, 0), Operand.input(1));
            case "lstm" -> recurrent("lstm", arguments);
            case "gru" -> recurrent("gru", arguments);
            case "rnn_tanh", "rnn_relu" -> recurrent("rnn", arguments);
            case "lstm_cell" -> cell("lstm", new Operand(1, 0, false, 0, 2));
            case "gru_cell" -> cell("gru", Operand.input(1));
            case "rnn_tanh_cell", "rnn_relu_cell" -> cell("rnn", Operand.input(1));
            default -> null;
        };
    }

    private static Operation layer(String name, Operand... operands) {
        return new Operation(name, List.of(operands));
    }

    private static Operation convolution(int channelAxis) {
        return layer(
                channelAxis == 0 ? "convolution" : "deconvolution",
                Operand.input(0),
                Operand.weight(1, channelAxis));
    }

    private static Operation cell(String name, Operand hidden) {
        return layer(name, Operand.input(0), hidden, Operand.weight(2, 0), Operand.weight(3, 0));
    }

    /** The weights stand before the first boolean, which tells whether there are biases. */
    private static @Nullable Operation recurrent(String name, List<Argument> arguments) {
        for (int i = 2; i < arguments.size(); i++) {
            if (isBoolean(arguments.get(i))) {
                List<Operand> operands = new ArrayList<>();
                operands.add(Operand.input(0));
                operands.add(new Operand(i - 1, Operand.MATRICES, true, 0, 0));
                return new Operation(name, operands);
            }
        }
        return null;
    }

    private static boolean isBoolean(Argument argument) {
        return argument.value() instanceof Expression.Name name && BOOLEANS.contains(name.name());
    }

    private static boolean isTrue(Argument argument) {
        return argument.value() instanceof Expression.Name name && name.name().equals("True");
    }
}
