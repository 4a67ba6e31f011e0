package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizationDebugger;
import io.github.djlqat.fakequant.QuantizedArgument;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.fakequant.QuantizedOperation;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.torchscript.TorchScriptQuantizer;
import io.github.djlqat.torchscript.lift.TorchScriptLifter;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A quantized TorchScript model as a model of blocks, to be looked into: its program lifted, with
 * the scales and zero points that the file has at the layers that the file has them at. It is given
 * only where it computes what the file does.
 */
final class QuantizedScript {

    private final ScriptModel script;
    private final Map<String, TorchScriptQuantizer> weights = new LinkedHashMap<>();
    private final Map<String, TorchScriptQuantizer> inputs = new LinkedHashMap<>();

    /**
     * A lifted model.
     *
     * @param model a model with a prepared and calibrated block
     * @param difference the root of the squared differences of its outputs from the file's, over
     *     that of the outputs' squares
     */
    record Lifted(BlockModel model, double difference) implements AutoCloseable {

        @Override
        public void close() {
            model.close();
        }
    }

    private QuantizedScript(ScriptModel script) {
        this.script = script;
        for (TorchScriptQuantizer quantizer : TorchScriptQuantizer.of(script.archive())) {
            if (quantizer.weight()) {
                weights.put(quantizer.layer(), quantizer);
            } else if (quantizer.on()) {
                inputs.put(quantizer.layer(), quantizer);
            }
        }
    }

    /**
     * Lifts a quantized model.
     *
     * @param script a calibrated or converted model
     * @param reference the same model in floating point, whose weights are taken where they become
     *     those of the file when they are rounded; or null
     * @param batch inputs to compare the two on
     * @return the model
     * @throws WorkflowException telling why it is not to be had
     */
    static Lifted lift(ScriptModel script, @Nullable ScriptModel reference, NDList batch)
            throws IOException {
        Model model = Model.newInstance("model", Device.cpu(), "PyTorch");
        try {
            double difference = new QuantizedScript(script).lift(model, reference, batch);
            return new Lifted(
                    new BlockModel(
                            script.format(), script.path(), model, script.inputShapes(), Map.of()),
                    difference);
        } catch (RuntimeException | IOException e) {
            model.close();
            throw e;
        }
    }

    private double lift(Model model, @Nullable ScriptModel reference, NDList batch)
            throws IOException {
        NDManager manager = model.getNDManager();
        Block plain =
                TorchScriptLifter.create()
                        .lift(TorchScriptQuantizer.turnOff(script.archive()), manager);
        model.setBlock(plain);
        QuantizedBlock prepared = Quantization.prepare(model, recipe(), batch);
        requireLayers(prepared);
        Quantization.calibrate(prepared, manager, List.of(batch));
        for (QuantizedLayer layer : prepared.getLayers()) {
            TorchScriptQuantizer weight = weights.get(layer.name());
            if (weight != null) {
                assign(prepared, layer.weight(), weight);
            }
        }
        assignInputs(prepared);
        double difference = ScriptAgreement.require(script, plain, prepared, batch);
        if (reference != null) {
            takeWeights(prepared, reference, manager, batch);
        }
        return difference;
    }

    private Recipe recipe() {
        List<Rule> rules = new ArrayList<>();
        Map<String, TorchScriptQuantizer> layers = new LinkedHashMap<>(weights);
        inputs.forEach(layers::putIfAbsent);
        for (String layer : layers.keySet()) {
            rules.add(
                    new Rule(
                            layer,
                            null,
                            null,
                            false,
                            recipe(weights, layer),
                            recipe(inputs, layer)));
        }
        boolean folds = weights.values().stream().anyMatch(TorchScriptQuantizer::foldsBatchNorm);
        if (rules.isEmpty()) {
            throw new WorkflowException("Nothing in it is quantized.");
        }
        return new Recipe(
                String.valueOf(script.path().getFileName()),
                null,
                null,
                null,
                rules,
                new TrainingOptions(folds, -1, -1));
    }

    private static @Nullable TensorRecipe recipe(
            Map<String, TorchScriptQuantizer> quantizers, String layer) {
        TorchScriptQuantizer found = quantizers.get(layer);
        return found == null ? null : found.recipe().withConvention(Conventions.asPyTorch());
    }

    private void requireLayers(QuantizedBlock prepared) {
        List<String> found = prepared.getQuantizedLayers();
        Map<String, TorchScriptQuantizer> wanted = new LinkedHashMap<>(inputs);
        wanted.putAll(weights);
        for (String layer : wanted.keySet()) {
            if (!found.contains(layer)) {
                throw new WorkflowException(
                        "What is quantized at "
                                + layer
                                + " is no layer with a weight of its own; legal are those that are"
                                + " seen when it is lifted, "
                                + found
                                + ".");
            }
        }
    }

    private void assign(QuantizedBlock prepared, String name, TorchScriptQuantizer from) {
        FakeQuantize quantizer = prepared.getQuantizers().get(name);
        if (quantizer == null) {
            throw new WorkflowException(
                    "The tensor " + name + " is not quantized when it is lifted.");
        }
        int scales = quantizer.getQuantizationParameters().scales().length;
        if (scales != from.parameters().scales().length) {
            throw new WorkflowException(
                    "The tensor "
                            + name
                            + " has "
                            + from.parameters().scales().length
                            + " scales in the file and "
                            + scales
                            + " when it is lifted.");
        }
        quantizer.calibrate(new KnownParameters(from.parameters()));
    }

    /** Gives the quantizers of layers' inputs the scales that the file has there. */
    private void assignInputs(QuantizedBlock prepared) {
        Map<String, String> names = InputQuantizers.of(prepared);
        Map<String, TorchScriptQuantizer> assigned = new HashMap<>();
        for (TorchScriptQuantizer input : inputs.values()) {
            String name = names.get(input.layer());
            if (name == null) {
                throw new WorkflowException(
                        "The input of " + input.layer() + " is not quantized when it is lifted.");
            }
            TorchScriptQuantizer other = assigned.put(name, input);
            if (other != null && !other.parameters().equals(input.parameters())) {
                throw new WorkflowException(
                        "The layers "
                                + other.layer()
                                + " and "
                                + input.layer()
                                + " round one tensor by different scales; legal are the same ones,"
                                + " as calibration chooses them.");
            }
            assign(prepared, name, input);
        }
    }

    /** Runs a model once, and returns who takes each of the quantized arguments. */
    private static Map<QuantizedArgument, QuantizedOperation> operations(
            QuantizedBlock prepared, NDManager manager, NDList batch) {
        Map<QuantizedArgument, QuantizedOperation> found = new LinkedHashMap<>();
        new QuantizationDebugger(prepared)
                .run(
                        manager,
                        batch,
                        (operation, exact, quantized) ->
                                operation
                                        .arguments()
                                        .forEach(argument -> found.put(argument, operation)));
        return found;
    }

    /** A converted file has rounded weights; those before are in the model that it was made of. */
    private static void takeWeights(
            QuantizedBlock prepared, ScriptModel reference, NDManager manager, NDList batch) {
        try (NDManager scope = manager.newSubManager()) {
            Block given = TorchScriptLifter.create().lift(reference.archive(), scope);
            Map<String, Parameter> parameters = new HashMap<>();
            given.getParameters().forEach(pair -> parameters.put(pair.getKey(), pair.getValue()));
            for (QuantizedArgument argument : operations(prepared, manager, batch).keySet()) {
                Parameter own = argument.getWeight().orElse(null);
                Parameter before = own == null ? null : parameters.get(argument.getName());
                if (own != null
                        && before != null
                        && before.getArray().getShape().equals(own.getArray().getShape())) {
                    takeWeight(argument, own, before);
                }
            }
        }
    }

    private static void takeWeight(QuantizedArgument argument, Parameter own, Parameter before) {
        float[] rounded = argument.weightValues().rounded();
        try (NDArray kept = own.getArray().duplicate()) {
            before.getArray().copyTo(own.getArray());
            float[] again = argument.weightValues().rounded();
            if (!(ScriptAgreement.distance(rounded, again)
                    <= ScriptAgreement.ROUNDING * ScriptAgreement.squares(rounded))) {
                kept.copyTo(own.getArray());
            }
        }
    }
}
