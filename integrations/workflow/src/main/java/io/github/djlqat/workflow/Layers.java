package io.github.djlqat.workflow;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.QuantizableOperation;
import io.github.djlqat.fakequant.QuantizableOperations;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.torchscript.TorchScriptLayers;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists what can be quantized in a model, and what is. */
final class Layers {

    private Layers() {}

    static List<LayerInfo> of(OpenedModel model) {
        if (model instanceof ScriptModel script) {
            return TorchScriptLayers.of(script.archive()).stream()
                    .map(
                            layer ->
                                    new LayerInfo(
                                            layer.name(),
                                            layer.op(),
                                            layer.weighted() ? LayerInfo.LAYER : LayerInfo.PRODUCT,
                                            null))
                    .toList();
        }
        if (model instanceof BlockModel block && !block.inputShapes().isEmpty()) {
            return of(block.plainBlock(), block.model().getNDManager(), block.inputShapes());
        }
        return List.of();
    }

    private static List<LayerInfo> of(Block block, NDManager manager, List<Shape> shapes) {
        return QuantizableOperations.of(trace(block, manager, shapes, null, 1)).stream()
                .map(Layers::info)
                .toList();
    }

    private static LayerInfo info(QuantizableOperation operation) {
        Shape shape = operation.weightShape();
        return new LayerInfo(
                operation.name(),
                operation.op(),
                operation.isLayer() ? LayerInfo.LAYER : LayerInfo.ELEMENTWISE,
                shape == null ? null : Descriptions.sizes(shape));
    }

    /** Traces a block on zeros, of the types of samples or FLOAT32. */
    static Graph trace(
            Block block,
            NDManager manager,
            List<Shape> shapes,
            @Nullable Samples samples,
            int batch) {
        try (NDManager scope = manager.newSubManager()) {
            return GraphTracer.trace(block, scope, zeros(scope, shapes, samples, batch));
        }
    }

    /** Returns zeros of the types of samples, or FLOAT32. */
    static NDList zeros(NDManager scope, List<Shape> shapes, @Nullable Samples samples, int batch) {
        NDList inputs = new NDList(shapes.size());
        for (int i = 0; i < shapes.size(); i++) {
            boolean integer = samples != null && samples.inputs().get(i).isInteger();
            long[] sizes = shapes.get(i).getShape().clone();
            sizes[0] = batch;
            inputs.add(scope.zeros(new Shape(sizes), integer ? DataType.INT64 : DataType.FLOAT32));
        }
        return inputs;
    }

    static List<QuantizerInfo> quantizers(QuantizedBlock block) {
        List<QuantizerInfo> found = new ArrayList<>();
        for (Map.Entry<String, FakeQuantize> entry : block.getQuantizers().entrySet()) {
            FakeQuantize quantizer = entry.getValue();
            boolean known = quantizer.isCalibrated() && !quantizer.isDynamic();
            float[] scales =
                    known ? quantizer.getQuantizationParameters().scales() : new float[] {0};
            double smallest = scales[0];
            double largest = scales[0];
            for (float scale : scales) {
                smallest = Math.min(smallest, scale);
                largest = Math.max(largest, scale);
            }
            found.add(
                    new QuantizerInfo(
                            entry.getKey(),
                            block.isWeightQuantizer(entry.getKey()),
                            Descriptions.of(quantizer.getRecipe()),
                            known ? scales.length : 0,
                            smallest,
                            largest));
        }
        return List.copyOf(found);
    }
}
