package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.recurrent.RNN;
import java.util.List;
import java.util.Map;

/** Recurrent networks and their cells. */
final class RecurrentOps {

    private RecurrentOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("lstm", RecurrentOps::lstm);
        table.put("gru", RecurrentOps::gru);
        table.put("rnn_tanh", call -> rnn(call, RNN.Activation.TANH));
        table.put("rnn_relu", call -> rnn(call, RNN.Activation.RELU));
        table.put("lstm_cell", RecurrentOps::lstmCell);
        table.put("gru_cell", RecurrentOps::gruCell);
    }

    /** Sequences of several lengths are given as data and batch sizes. */
    private static void requireDense(AtenCall call) {
        if (call.size() > 3 && call.get(3, "") instanceof List) {
            throw call.refusal("packed sequences are not lifted; legal are dense ones");
        }
    }

    private static int layers(AtenCall call) {
        return Math.toIntExact(call.integer(4, "num_layers"));
    }

    // (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    private static Tuple lstm(AtenCall call) {
        requireDense(call);
        NDArray x = call.array(0);
        NDList states = call.arrays(1, "hx");
        NDList results =
                x.getNDArrayInternal()
                        .lstm(
                                x,
                                states,
                                parameters(call),
                                call.flag(3, "has_biases", true),
                                layers(call),
                                call.real(5, "dropout", 0),
                                call.flag(6, "train", false),
                                call.flag(7, "bidirectional", false),
                                call.flag(8, "batch_first", false));
        return tuple(results);
    }

    private static Tuple gru(AtenCall call) {
        requireDense(call);
        NDArray x = call.array(0);
        return tuple(
                x.getNDArrayInternal()
                        .gru(
                                x,
                                call.array(1),
                                parameters(call),
                                call.flag(3, "has_biases", true),
                                layers(call),
                                call.real(5, "dropout", 0),
                                call.flag(6, "train", false),
                                call.flag(7, "bidirectional", false),
                                call.flag(8, "batch_first", false)));
    }

    private static Tuple rnn(AtenCall call, RNN.Activation activation) {
        requireDense(call);
        NDArray x = call.array(0);
        return tuple(
                x.getNDArrayInternal()
                        .rnn(
                                x,
                                call.array(1),
                                parameters(call),
                                call.flag(3, "has_biases", true),
                                layers(call),
                                activation,
                                call.real(5, "dropout", 0),
                                call.flag(6, "train", false),
                                call.flag(7, "bidirectional", false),
                                call.flag(8, "batch_first", false)));
    }

    /** The engine reads as many parameters as the layers and directions say. */
    private static NDList parameters(AtenCall call) {
        NDList parameters = call.arrays(2, "params");
        long perLayer = call.flag(3, "has_biases", true) ? 4 : 2;
        long directions = call.flag(7, "bidirectional", false) ? 2 : 1;
        long expected = perLayer * directions * layers(call);
        if (layers(call) < 1 || parameters.size() != expected) {
            throw call.refusal(
                    "it has "
                            + parameters.size()
                            + " parameters; of "
                            + layers(call)
                            + " layers, "
                            + expected
                            + " are legal");
        }
        if (call.array(0).getShape().dimension() != 3) {
            throw call.wrong(0, "input", "a batch of sequences");
        }
        call.reserved(call.array(0).getShape().getShape());
        return parameters;
    }

    private static Tuple tuple(NDList results) {
        return new Tuple(
                results.stream().map(array -> (Object) Tensor.of(array)).toList(), List.of());
    }

    private static NDArray gate(NDArray gates, int i, long hidden) {
        return IndexingOps.slice(gates, 1, i * hidden, (i + 1) * hidden, 1);
    }

    // (input, hx, w_ih, w_hh, b_ih, b_hh)
    private static Tuple lstmCell(AtenCall call) {
        NDList states = call.arrays(1, "hx");
        NDArray hidden = states.get(0);
        NDArray gates =
                LayerOps.linear(call, call.array(0), call.array(2), call.optionalArray(4, "b_ih"))
                        .add(
                                LayerOps.linear(
                                        call,
                                        hidden,
                                        call.array(3),
                                        call.optionalArray(5, "b_hh")));
        long width = hidden.getShape().get(1);
        NDArray input = gate(gates, 0, width).getNDArrayInternal().sigmoid();
        NDArray forget = gate(gates, 1, width).getNDArrayInternal().sigmoid();
        NDArray cell = gate(gates, 2, width).getNDArrayInternal().tanh();
        NDArray output = gate(gates, 3, width).getNDArrayInternal().sigmoid();
        NDArray next = forget.mul(states.get(1)).add(input.mul(cell));
        NDArray result = output.mul(next.getNDArrayInternal().tanh());
        return Tuple.of(Tensor.of(result), Tensor.of(next));
    }

    // (input, hx, w_ih, w_hh, b_ih, b_hh)
    private static Tensor gruCell(AtenCall call) {
        NDArray hidden = call.array(1);
        NDArray x =
                LayerOps.linear(call, call.array(0), call.array(2), call.optionalArray(4, "b_ih"));
        NDArray h = LayerOps.linear(call, hidden, call.array(3), call.optionalArray(5, "b_hh"));
        long width = hidden.getShape().get(1);
        NDArray reset = gate(x, 0, width).add(gate(h, 0, width)).getNDArrayInternal().sigmoid();
        NDArray update = gate(x, 1, width).add(gate(h, 1, width)).getNDArrayInternal().sigmoid();
        NDArray fresh =
                gate(x, 2, width).add(reset.mul(gate(h, 2, width))).getNDArrayInternal().tanh();
        return Tensor.of(fresh.add(update.mul(hidden.sub(fresh))));
    }
}
