package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.Collections;
import java.util.Map;
import java.util.stream.LongStream;

/** Operations that rearrange elements without computing. */
final class ShapeScripts {

    private ShapeScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("reshape", n -> n.bind(call("reshape", n.value(0), n.sizes().reshapedShape())));
        table.put("broadcast", n -> n.bind(call("expand", n.value(0), n.outputShape())));
        table.put("flatten", ShapeScripts::flatten);
        table.put("transpose", ShapeScripts::transpose);
        table.put("swapAxes", n -> n.bind(call("transpose", n.value(0), n.number(1), n.number(2))));
        table.put("expandDims", n -> n.bind(call("unsqueeze", n.value(0), n.number(1))));
        table.put("squeeze", ShapeScripts::squeeze);
        table.put("tile", ShapeScripts::tile);
        table.put("flip", n -> n.bind(call("flip", n.value(0), n.integers(1))));
        table.put("rotate90", n -> n.bind(call("rot90", n.value(0), n.number(1), n.integers(2))));
        table.put("diagonal", ShapeScripts::diagonal);
        table.put("diff", n -> n.bind(call("diff", n.value(0), n.number(1), n.number(2))));
        // PyTorch pads from the last axis on: (last before, last after, next to last before, ...).
        table.put(
                "pad",
                n -> n.bind(call("constant_pad_nd", n.value(0), n.integers(1), n.number(2))));
    }

    // (receiver) or (receiver, startDim, endDim)
    private static void flatten(ScriptNode node) {
        node.bind(
                node.size() > 1
                        ? call("flatten", node.value(0), node.number(1), node.number(2))
                        : call("flatten", node.value(0), "0", "-1"));
    }

    // (receiver) or (receiver, axes)
    private static void transpose(ScriptNode node) {
        int rank = node.shape(0).dimension();
        boolean given = node.size() > 1 && node.longs(1).length > 0;
        long[] axes =
                given ? node.longs(1) : LongStream.range(0, rank).map(i -> rank - 1 - i).toArray();
        node.bind(call("permute", node.value(0), ScriptNode.list(axes)));
    }

    // (receiver), (receiver, axis) or (receiver, axes)
    private static void squeeze(ScriptNode node) {
        node.bind(
                node.size() == 1
                        ? call("squeeze", node.value(0))
                        : call("squeeze", node.value(0), node.integers(1)));
    }

    /** A number repeats every axis. */
    // (receiver, repeats) or (receiver, repeats of the axes)
    private static void tile(ScriptNode node) {
        String repeats = node.integers(1);
        if (node.isLiteral(1, Number.class)) {
            int axes = Math.max(1, node.shape(0).dimension());
            repeats = Collections.nCopies(axes, node.number(1)).stream().collect(ScriptNode.list());
        }
        node.bind(call("tile", node.value(0), repeats));
    }

    // (receiver), (receiver, offset) or (receiver, offset, axis, axis)
    private static void diagonal(ScriptNode node) {
        node.bind(
                call(
                        "diagonal",
                        node.value(0),
                        node.size() > 1 ? node.number(1) : "0",
                        node.size() > 2 ? node.number(2) : "0",
                        node.size() > 3 ? node.number(3) : "1"));
    }
}
