package io.github.djlqat.onnx;

import ai.djl.nn.recurrent.RNN;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Recurrent cells as ONNX RNN, GRU and LSTM: one node for each layer, of one or two directions.
 *
 * <p>PyTorch orders the gates of a GRU as reset, update, new and those of an LSTM as input, forget,
 * cell, output; ONNX has update, reset, hidden and input, output, forget, cell.
 */
final class RecurrentConverters {

    private RecurrentConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("rnn", RecurrentConverters::rnn);
        table.put("gru", RecurrentConverters::gru);
        table.put("lstm", RecurrentConverters::lstm);
    }

    /**
     * A kind of cell.
     *
     * @param opType the ONNX operator
     * @param gates for each gate of ONNX, its place in PyTorch
     */
    private record Cell(String opType, int... gates) {}

    // (receiver, input, state, params, biases, layers, activation, dropRate, training,
    // bidirectional, batchFirst)
    private static void rnn(NodeContext node) {
        int directions = directions(node, 9);
        String activation =
                node.literal(6, RNN.Activation.class) == RNN.Activation.RELU ? "Relu" : "Tanh";
        Attributes attributes =
                new Attributes().texts("activations", Collections.nCopies(directions, activation));
        convert(node, new Cell("RNN", 0), attributes, 8);
    }

    // (receiver, input, state, params, biases, layers, dropRate, training, bidirectional,
    // batchFirst)
    private static void gru(NodeContext node) {
        Attributes attributes = new Attributes().integer("linear_before_reset", 1);
        convert(node, new Cell("GRU", 1, 0, 2), attributes, 7);
    }

    // (receiver, input, states, params, biases, layers, dropRate, training, bidirectional,
    // batchFirst)
    private static void lstm(NodeContext node) {
        convert(node, new Cell("LSTM", 0, 3, 1, 2), new Attributes(), 7);
    }

    private static int directions(NodeContext node, int bidirectional) {
        return node.literal(bidirectional, Boolean.class) ? 2 : 1;
    }

    private static void convert(NodeContext node, Cell cell, Attributes attributes, int training) {
        if (node.literal(training, Boolean.class)) {
            throw node.failure("it was traced in training mode; trace the model in inference mode");
        }
        int directions = directions(node, training + 1);
        boolean batchFirst = node.literal(training + 2, Boolean.class);
        int layers = node.integer(5);
        List<Operand> states = node.allTraced(2);
        long hidden = states.get(0).shape().get(2);
        attributes
                .integer("hidden_size", hidden)
                .text("direction", directions == 2 ? "bidirectional" : "forward");
        List<List<String>> initial =
                states.stream().map(state -> layerStates(node, state, layers, directions)).toList();
        String x =
                batchFirst
                        ? swapBatchAndTime(node, node.operand(1).name())
                        : node.operand(1).name();
        List<List<String>> last = new ArrayList<>();
        states.forEach(state -> last.add(new ArrayList<>()));
        for (int layer = 0; layer < layers; layer++) {
            List<String> inputs = new ArrayList<>(List.of(x));
            inputs.addAll(weights(node, cell, layer, directions, hidden));
            inputs.add("");
            for (List<String> state : initial) {
                inputs.add(state.get(layer));
            }
            List<String> outputs =
                    node.builder()
                            .nodes(
                                    cell.opType(),
                                    node.site() + "/" + cell.opType(),
                                    attributes,
                                    1 + states.size(),
                                    inputs.toArray(String[]::new));
            for (int i = 0; i < states.size(); i++) {
                last.get(i).add(outputs.get(1 + i));
            }
            x = joinDirections(node, outputs.get(0));
        }
        node.bind(0, batchFirst ? swapBatchAndTime(node, x) : x);
        for (int i = 0; i < states.size(); i++) {
            node.bind(
                    1 + i,
                    layers == 1
                            ? last.get(i).get(0)
                            : node.add(
                                    "Concat",
                                    new Attributes().integer("axis", 0),
                                    last.get(i).toArray(String[]::new)));
        }
    }

    private static String swapBatchAndTime(NodeContext node, String x) {
        return node.add("Transpose", new Attributes().integers("perm", 1, 0, 2), x);
    }

    /** Turns (time, directions, batch, hidden) into (time, batch, directions times hidden). */
    private static String joinDirections(NodeContext node, String y) {
        String last = node.add("Transpose", new Attributes().integers("perm", 0, 2, 1, 3), y);
        return node.add("Reshape", last, node.constant(0, 0, -1));
    }

    /** Returns the initial state of each layer, empty where it is zero. */
    private static List<String> layerStates(
            NodeContext node, Operand state, int layers, int directions) {
        ConstantTensor constant = node.state().constantOf(state);
        if (constant != null && constant.isZero()) {
            return Collections.nCopies(layers, "");
        }
        String name = node.state().atRunTime(state).name();
        if (layers == 1) {
            return List.of(name);
        }
        long[] sizes = new long[layers];
        Arrays.fill(sizes, directions);
        return node.builder()
                .nodes(
                        "Split",
                        node.site() + "/Split",
                        new Attributes().integer("axis", 0),
                        layers,
                        name,
                        node.constant(sizes));
    }

    /** Returns the inputs W, R and B of a layer. */
    private static List<String> weights(
            NodeContext node, Cell cell, int layer, int directions, long hidden) {
        List<Operand> all = node.operands(3);
        boolean biased = node.literal(4, Boolean.class);
        int perDirection = biased ? 4 : 2;
        List<List<String>> kinds =
                Stream.generate(() -> (List<String>) new ArrayList<String>()).limit(3).toList();
        for (int direction = 0; direction < directions; direction++) {
            int first = (layer * directions + direction) * perDirection;
            List<String> ordered =
                    IntStream.range(first, first + perDirection)
                            .mapToObj(i -> reordered(node, cell, all.get(i), hidden))
                            .toList();
            kinds.get(0).add(stackable(node, ordered.get(0)));
            kinds.get(1).add(stackable(node, ordered.get(1)));
            if (biased) {
                requireBias(node, all.get(first + 2));
                String both =
                        node.add(
                                "Concat",
                                new Attributes().integer("axis", 0),
                                ordered.get(2),
                                ordered.get(3));
                kinds.get(2).add(stackable(node, both));
            }
        }
        return kinds.stream().map(parts -> stacked(node, parts)).toList();
    }

    /** DJL hands PyTorch the parameters of two directions with biases in the wrong order. */
    private static void requireBias(NodeContext node, Operand bias) {
        if (bias.rank() != 1) {
            throw node.failure(
                    "its bias "
                            + bias.name()
                            + " has the shape "
                            + bias.shape()
                            + ", as DJL mixes up the parameters of two directions with biases. Build it with"
                            + " optHasBiases(false)");
        }
    }

    private static String stackable(NodeContext node, String weight) {
        return node.add("Unsqueeze", weight, node.constant(0));
    }

    private static String stacked(NodeContext node, List<String> parts) {
        return switch (parts.size()) {
            case 0 -> "";
            case 1 -> parts.get(0);
            default ->
                    node.add(
                            "Concat",
                            new Attributes().integer("axis", 0),
                            parts.toArray(String[]::new));
        };
    }

    /** Brings the gates, which are blocks of rows, into the order of ONNX. */
    private static String reordered(NodeContext node, Cell cell, Operand weight, long hidden) {
        int size = Math.toIntExact(hidden);
        long[] rows = new long[cell.gates().length * size];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (long) cell.gates()[i / size] * size + i % size;
        }
        return cell.gates().length == 1
                ? weight.name()
                : node.add(
                        "Gather",
                        new Attributes().integer("axis", 0),
                        weight.name(),
                        node.constant(rows));
    }
}
