package io.github.djlqat.workflow;

import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ParameterInfo;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Says what a model is: its parameters, and the layers that recipes can quantize. */
public final class InspectTask implements Task<InspectRequest, InspectResult> {

    /** Creates the task. */
    public InspectTask() {}

    @Override
    public InspectResult run(InspectRequest request, Progress progress) {
        return Guard.run(
                () -> {
                    try (OpenedModel model = ModelReaders.open(request.model())) {
                        return inspect(model);
                    }
                });
    }

    private static InspectResult inspect(OpenedModel model) throws IOException {
        Optional<QuantizedBlock> prepared =
                model instanceof BlockModel block ? block.prepared() : Optional.empty();
        List<ParameterInfo> tensors = model.parameters();
        return new InspectResult(
                model.path().toString(),
                model.format(),
                state(model),
                prepared.map(block -> block.getRecipe().name()).orElse(null),
                model.bytes(),
                tensors.stream().mapToLong(ParameterInfo::elements).sum(),
                Descriptions.sizes(model.inputShapes()),
                Layers.of(model),
                prepared.map(Layers::quantizers).orElse(List.of()),
                tensors);
    }

    private static String state(OpenedModel model) {
        if (model instanceof ScriptModel script) {
            return script.isPrepared() ? "prepared" : "float";
        }
        if (model instanceof BlockModel block) {
            return block.isConverted()
                    ? "converted"
                    : block.prepared().isPresent() ? "prepared" : "float";
        }
        return "float";
    }
}
