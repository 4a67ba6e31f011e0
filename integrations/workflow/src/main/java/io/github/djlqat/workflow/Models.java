package io.github.djlqat.workflow;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tasks need of models. */
final class Models {

    private Models() {}

    static WorkflowException notQuantizable(OpenedModel model) {
        return new WorkflowException(
                model.path()
                        + (model.format().equals("onnx")
                                ? " is an ONNX file, which is what export makes; quantize the model"
                                        + " it was made from."
                                : " holds weights and no architecture; name the class that makes"
                                        + " the block as the block factory."));
    }

    /** Says that a model needs a recipe for what is asked for, such as to {@code train} it. */
    static WorkflowException noRecipe(OpenedModel model, String purpose) {
        return new WorkflowException(
                "The model "
                        + model.path()
                        + " is in floating point; give a recipe to "
                        + purpose
                        + " it by.");
    }

    /** Returns the shapes of a model's inputs, or those of the samples it is used with. */
    static Shape[] inputShapes(OpenedModel model, Samples samples) {
        List<Shape> shapes =
                model.inputShapes().isEmpty() ? samples.inputShapes() : model.inputShapes();
        return shapes.toArray(Shape[]::new);
    }

    /**
     * Returns the shapes of a model's inputs, by which it is traced.
     *
     * @throws WorkflowException if they are not known
     */
    static List<Shape> requireInputShapes(OpenedModel model) {
        if (model.inputShapes().isEmpty()) {
            throw new WorkflowException(
                    "The shape of the inputs of "
                            + model.path()
                            + " is not known; give it, such as 3x32x32.");
        }
        return model.inputShapes();
    }

    /**
     * Checks that samples can be a model's inputs.
     *
     * @throws WorkflowException if the shapes are known and differ
     */
    static void requireFit(OpenedModel model, Samples samples) {
        if (!model.isRunnable()) {
            throw notQuantizable(model);
        }
        List<Shape> expected = model.inputShapes();
        List<Shape> given = samples.inputShapes();
        if (expected.isEmpty() || expected.equals(given)) {
            return;
        }
        boolean alike = expected.size() == given.size();
        for (int i = 0; alike && i < expected.size(); i++) {
            alike = fits(expected.get(i), given.get(i));
        }
        if (!alike) {
            throw new WorkflowException(
                    "The samples of "
                            + samples.source()
                            + " have the shapes "
                            + given
                            + "; the model "
                            + model.path()
                            + " takes "
                            + expected
                            + ".");
        }
    }

    /** Convolutional networks take images of other sizes than those they were made with. */
    private static boolean fits(Shape expected, Shape given) {
        boolean image = expected.dimension() > 2 && given.dimension() == expected.dimension();
        return expected.equals(given) || image && expected.get(1) == given.get(1);
    }

    /** Prepares a model of blocks for samples such as these, unless it is by this recipe. */
    static void prepare(BlockModel model, Recipe recipe, Samples samples) {
        if (isPrepared(model, recipe)) {
            unconvert(model);
            return;
        }
        try (NDManager scope = model.model().getNDManager().newSubManager()) {
            NDList inputs = Layers.zeros(scope, List.of(inputShapes(model, samples)), samples, 1);
            Quantization.prepare(model.model(), recipe, inputs);
        }
    }

    /** Prepares a model of blocks whose shapes are known, unless it is by this recipe. */
    static void prepare(BlockModel model, Recipe recipe) {
        if (isPrepared(model, recipe)) {
            unconvert(model);
            return;
        }
        Quantization.prepare(model.model(), recipe, model.inputShapes().toArray(Shape[]::new));
    }

    private static boolean isPrepared(BlockModel model, Recipe recipe) {
        if (model.prepared().isPresent()) {
            Recipe known = model.prepared().get().getRecipe();
            if (!known.equals(recipe)) {
                throw new WorkflowException(
                        "The model "
                                + model.path()
                                + " is prepared already, by the recipe \""
                                + known.name()
                                + "\"; give the one in floating point, or no recipe.");
            }
            return true;
        }
        return false;
    }

    /** Prepares a TorchScript model, or returns it where it is by a recipe of its own. */
    static TorchScriptArchive prepared(
            ScriptModel script, @Nullable Recipe recipe, String purpose) {
        if (recipe != null) {
            return TorchScriptQuantization.prepare(script.archive(), recipe);
        }
        if (!script.isPrepared()) {
            throw noRecipe(script, purpose);
        }
        return script.archive();
    }

    /** Makes a converted model one that can be trained again. */
    static void unconvert(BlockModel model) {
        if (model.block() instanceof ConvertedBlock converted) {
            model.model().setBlock(converted.getPrepared());
        }
    }

    /** Converts a prepared model of blocks. */
    static void convert(BlockModel model) {
        if (!model.isConverted()) {
            Quantization.convert(model.model());
        }
    }
}
