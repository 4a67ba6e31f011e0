package io.github.djlqat.torchscript.export;

import io.github.djlqat.graph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** The table of operations that have a TorchScript form. */
final class ScriptConverters {

    private final Map<String, ScriptConverter> table = new HashMap<>();

    ScriptConverters(Map<String, ScriptConverter> additional) {
        LayerScripts.register(table);
        PoolingScripts.register(table);
        RecurrentScripts.register(table);
        ActivationScripts.register(table);
        ArithmeticScripts.register(table);
        ReductionScripts.register(table);
        SortingScripts.register(table);
        ShapeScripts.register(table);
        RepeatScripts.register(table);
        JoiningScripts.register(table);
        IndexingScripts.register(table);
        WritingScripts.register(table);
        ResizeScripts.register(table);
        CreationScripts.register(table);
        table.put(Node.FAKE_QUANTIZE, QuantizerScripts::fakeQuantize);
        table.put(Node.ROUND, RoundingScripts::round);
        table.putAll(additional);
    }

    void convert(ScriptNode node) {
        ScriptConverter converter = table.get(node.node().op());
        if (converter == null) {
            throw node.failure(
                    "there is no converter for it. Replace it in the model, or add one by"
                            + " TorchScriptExporter.Builder.addConverter(\""
                            + node.node().op()
                            + "\", ...). Known are "
                            + String.join(", ", new TreeSet<>(table.keySet())));
        }
        converter.convert(node);
    }
}
