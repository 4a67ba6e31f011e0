package io.github.djlqat.onnx;

import io.github.djlqat.graph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** The table of operations that have an ONNX form. */
final class OpConverters {

    private final Map<String, OpConverter> table = new HashMap<>();

    OpConverters(Map<String, OpConverter> additional) {
        ConvolutionConverters.register(table);
        PoolingConverters.register(table);
        ActivationConverters.register(table);
        ArithmeticConverters.register(table);
        ReductionConverters.register(table);
        NormalizationConverters.register(table);
        RecurrentConverters.register(table);
        ShapeConverters.register(table);
        RepeatConverters.register(table);
        JoiningConverters.register(table);
        IndexingConverters.register(table);
        WritingConverters.register(table);
        SortingConverters.register(table);
        ResizeConverters.register(table);
        CreationConverters.register(table);
        table.put(Node.FAKE_QUANTIZE, ActivationQuantizer::convert);
        table.put(Node.ROUND, FloatRounder::convert);
        table.putAll(additional);
    }

    void convert(NodeContext node) {
        OpConverter converter = table.get(node.node().op());
        if (converter == null) {
            throw node.failure(
                    "there is no converter for it. Replace it in the model, or add one by OnnxExporter.Builder.addConverter(\""
                            + node.node().op()
                            + "\", ...). Known are "
                            + String.join(", ", new TreeSet<>(table.keySet())));
        }
        converter.convert(node);
    }
}
