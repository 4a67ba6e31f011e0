package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.lift.TorchScriptLifter;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.util.List;
import java.util.Map;

/** Turns TorchScript models into models of blocks, which can be written as ONNX. */
final class Lifting {

    private Lifting() {}

    /**
     * Lifts a TorchScript model where blocks are needed for what is written.
     *
     * @param model the model
     * @param format what is written
     * @return a model of blocks, to be closed beside the one given, or the model itself
     * @throws WorkflowException if the model has quantizers, which only a TorchScript file holds
     */
    static OpenedModel forOutput(OpenedModel model, ExportFormat format) {
        return model instanceof ScriptModel script && format == ExportFormat.ONNX
                ? lift(script, script.inputShapes())
                : model;
    }

    static BlockModel lift(ScriptModel script, List<Shape> inputShapes) {
        if (script.isPrepared()) {
            throw new WorkflowException(
                    "The TorchScript model "
                            + script.path()
                            + " has quantizers; to become an ONNX file it is exported with samples, on"
                            + " which the two are compared.");
        }
        Model model = Model.newInstance("model", Device.cpu(), "PyTorch");
        try {
            model.setBlock(TorchScriptLifter.create().lift(script.archive(), model.getNDManager()));
            return new BlockModel(script.format(), script.path(), model, inputShapes, Map.of());
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
