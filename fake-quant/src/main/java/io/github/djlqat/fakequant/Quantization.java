package io.github.djlqat.fakequant;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.recipe.Recipe;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Quantizes models: <em>prepare</em> puts fake quantization into a model, <em>calibrate</em>
 * chooses the ranges of its activations from data, training with DJL's own trainer adapts it, and
 * <em>convert</em> makes it integer.
 *
 * <pre>{@code
 * Quantization.prepare(model, Presets.named("int8"), new Shape(1, 3, 32, 32));
 * Quantization.calibrate(model, calibrationSet, 10);
 * EasyTrain.fit(trainer, epochs, trainingSet, validationSet);
 * ConvertedModel converted = Quantization.convert(model);
 * }</pre>
 *
 * <p><em>Quantize</em> does it all in one call where nothing is trained: what {@link
 * Model#quantize()} stands for.
 *
 * <pre>{@code
 * Quantization.quantize(model, Presets.named("int8"), calibrationSet, 10);
 * }</pre>
 */
public final class Quantization {

    private Quantization() {}

    /**
     * Prepares a model in place: its block becomes a {@link QuantizedBlock} around the block it
     * had.
     *
     * @param model a model with a block
     * @param recipe what is quantized, and how
     * @param inputShapes the shapes of the inputs, the first dimension counting samples; used to
     *     initialize a block that is not, and to run it once
     * @return the prepared block
     * @throws IllegalArgumentException if the block cannot be prepared as {@link #prepare(Block,
     *     NDManager, Recipe, Shape...)} says; the model is then as it was
     */
    public static QuantizedBlock prepare(Model model, Recipe recipe, Shape... inputShapes) {
        QuantizedBlock prepared =
                prepare(blockOf(model), model.getNDManager(), recipe, inputShapes);
        model.setBlock(prepared);
        return prepared;
    }

    /**
     * Prepares a model in place for inputs that are not all FLOAT32, such as tokens.
     *
     * @param model a model with a block
     * @param recipe what is quantized, and how
     * @param inputs inputs such as the model takes, of which only shapes and types count
     * @return the prepared block
     * @throws IllegalArgumentException if the block cannot be prepared as {@link #prepare(Block,
     *     NDManager, Recipe, NDList)} says; the model is then as it was
     */
    public static QuantizedBlock prepare(Model model, Recipe recipe, NDList inputs) {
        QuantizedBlock prepared =
                prepare(blockOf(model), model.getNDManager(), recipe, TracedInput.of(inputs));
        model.setBlock(prepared);
        return prepared;
    }

    private static Block blockOf(Model model) {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalArgumentException(
                    "The model " + model.getName() + " has no block to prepare.");
        }
        return block;
    }

    /**
     * Prepares a block. Its parameters stay its own; the weights' quantizers take their first
     * scales from them.
     *
     * @param block the block
     * @param manager the manager that the quantizers' parameters attach to, usually the model's
     * @param recipe what is quantized, and how
     * @param inputShapes the shapes of the inputs, the first dimension counting samples
     * @return the prepared block
     * @throws IllegalArgumentException if the block is prepared already, holds a symbolic block,
     *     has no layer that can be quantized or none that the recipe matches, a weight is not
     *     finite, or a weight's shape does not fit its granularity; the block is then as it was
     */
    public static QuantizedBlock prepare(
            Block block, NDManager manager, Recipe recipe, Shape... inputShapes) {
        return prepare(block, manager, recipe, TracedInput.of(inputShapes));
    }

    /**
     * Prepares a block for inputs that are not all FLOAT32, such as tokens.
     *
     * @param block the block
     * @param manager the manager that the quantizers' parameters attach to, usually the model's
     * @param recipe what is quantized, and how
     * @param inputs inputs such as the block takes, the first dimension counting samples; only
     *     their shapes and types count, the block is run on zeros
     * @return the prepared block
     * @throws IllegalArgumentException if an input's type is none that the engine takes, or as in
     *     {@link #prepare(Block, NDManager, Recipe, Shape...)}; the block is then as it was
     */
    public static QuantizedBlock prepare(
            Block block, NDManager manager, Recipe recipe, NDList inputs) {
        return prepare(block, manager, recipe, TracedInput.of(inputs));
    }

    private static QuantizedBlock prepare(
            Block block, NDManager manager, Recipe recipe, List<TracedInput> inputs) {
        Preconditions.requireUnquantized(block);
        InterceptedBlock.requireVisible(block);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "The shape of at least one input is needed to run the block once.");
        }
        if (block.isInitialized()) {
            return Preparer.prepare(block, manager, recipe, inputs);
        }
        try {
            Shape[] shapes = inputs.stream().map(TracedInput::shape).toArray(Shape[]::new);
            block.initialize(manager, DataType.FLOAT32, shapes);
            return Preparer.prepare(block, manager, recipe, inputs);
        } catch (RuntimeException e) {
            block.clear();
            throw e;
        }
    }

    /**
     * Chooses the ranges of a prepared model's activations by running it, in floating point, on
     * data.
     *
     * @param model a model whose block is prepared
     * @param data the calibration set
     * @param batches the number of batches to use at most
     * @throws IllegalArgumentException if the set has no batch, none may be used, or a tensor holds
     *     NaN or infinity; the model is then as it was
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     */
    public static void calibrate(Model model, Dataset data, int batches)
            throws IOException, TranslateException {
        QuantizedBlock prepared = prepared(model);
        try (CalibrationInputs inputs =
                new CalibrationInputs(model.getNDManager(), data, batches)) {
            calibrate(prepared, model.getNDManager(), inputs);
        }
    }

    /**
     * Chooses the ranges of a prepared block's activations by running it, in floating point, on
     * data.
     *
     * @param block a prepared block
     * @param manager a manager on the device to run on; nothing stays attached to it
     * @param batches the inputs of each run
     * @throws IllegalArgumentException if there is no batch, or a tensor holds NaN or infinity; the
     *     block is then as it was
     */
    public static void calibrate(
            QuantizedBlock block, NDManager manager, Iterable<NDList> batches) {
        try (Calibration calibration = new Calibration(block, manager)) {
            batches.forEach(calibration::observe);
            calibration.finish();
        }
    }

    /**
     * Converts a prepared model: rounds its weights to codes, folds its BatchNorms, and makes its
     * block one that only infers.
     *
     * @param model a model whose block is prepared
     * @return the converted model
     * @throws IllegalStateException if a quantizer has seen no data; the model is then as it was
     * @throws IllegalArgumentException if a parameter holds NaN or infinity; the model is then as
     *     it was
     */
    public static ConvertedModel convert(Model model) {
        ConvertedModel converted = convert(prepared(model));
        model.setBlock(converted.block());
        return converted;
    }

    /**
     * Converts a prepared block, which stays as it is.
     *
     * @param block a prepared block
     * @return the converted model
     * @throws IllegalStateException if a quantizer has seen no data
     * @throws IllegalArgumentException if a parameter holds NaN or infinity
     */
    public static ConvertedModel convert(QuantizedBlock block) {
        Preconditions.requireFinite(block.getBlock());
        List<Graph> graphs =
                block.graphs().stream()
                        .map(graph -> GraphQuantizer.quantize(graph, block))
                        .toList();
        return new ConvertedModel(new ConvertedBlock(block), graphs);
    }

    /**
     * Traces what a prepared block computes, in the form that {@link #convert(QuantizedBlock)}
     * gives, for inputs of other shapes than it was prepared with: an exporter learns from such
     * traces what follows the sizes that differ.
     *
     * @param block a prepared and calibrated block
     * @param manager a manager on the block's device
     * @param inputs inputs of the shapes to trace
     * @return the program: weights as codes, BatchNorms folded, activations rounded by nodes of
     *     their own
     * @throws IllegalStateException if a quantizer has seen no data
     * @throws IllegalArgumentException if a parameter holds NaN or infinity
     */
    public static Graph trace(QuantizedBlock block, NDManager manager, NDList inputs) {
        Preconditions.requireFinite(block.getBlock());
        return GraphQuantizer.quantize(GraphTracer.trace(block.getBlock(), manager, inputs), block);
    }

    /**
     * Goes on with a prepared model by another recipe, such as one of fewer bits, between two steps
     * of its training. The weights, and the number of steps that the recipe's schedule counts, go
     * on; the ranges of activations are chosen from data anew. What is frozen stays frozen.
     *
     * <p>The block stays the same object, and scales of the same shape go on in the same
     * parameters, so that trainers and optimizers that know them go on, too.
     *
     * @param model a model whose block is prepared
     * @param recipe the recipe to go on with
     * @param data the calibration set
     * @param batches the number of batches to use at most
     * @throws IllegalArgumentException if the model cannot be prepared by the recipe, the set has
     *     no batch, none may be used, or a tensor holds NaN or infinity; the model is then as it
     *     was
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     */
    public static void changeRecipe(Model model, Recipe recipe, Dataset data, int batches)
            throws IOException, TranslateException {
        QuantizedBlock block = prepared(model);
        NDManager manager = model.getNDManager();
        try (CalibrationInputs inputs = new CalibrationInputs(manager, data, batches)) {
            Shape[] shapes =
                    block.graphs().get(0).inputs().stream().map(Value::shape).toArray(Shape[]::new);
            QuantizedBlock next = prepare(block.getBlock(), manager, recipe, shapes);
            try {
                calibrate(next, manager, inputs);
            } catch (RuntimeException e) {
                next.closeQuantizers();
                throw e;
            }
            block.become(next);
        }
    }

    /**
     * Quantizes a model in place, after training: prepares it, chooses the ranges of its
     * activations from data and converts it. The working form of {@link Model#quantize()}.
     *
     * <p>The model is one of DJL blocks, or one that a {@link ModelQuantizer} on the class path
     * takes, such as a TorchScript model. Predictors and trainers that were made of it before keep
     * what it was, and are not to be used any more.
     *
     * @param model a model with a block
     * @param recipe what is quantized, and how
     * @param data the calibration set
     * @param batches the number of batches to use at most
     * @param inputShapes the shapes of the inputs, the first dimension counting samples; none for
     *     those that the block was initialized or loaded with
     * @throws IllegalArgumentException if the model cannot be prepared by the recipe, its input
     *     shapes are unknown, the set has no batch, none may be used, or a tensor holds NaN or
     *     infinity; the model is then as it was
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     */
    public static void quantize(
            Model model, Recipe recipe, Dataset data, int batches, Shape... inputShapes)
            throws IOException, TranslateException {
        try (CalibrationInputs inputs =
                new CalibrationInputs(model.getNDManager(), data, batches)) {
            if (!inputs.iterator().hasNext()) {
                throw new IllegalArgumentException(CalibrationInputs.NONE);
            }
            quantize(model, recipe, inputs, inputShapes);
        }
    }

    /**
     * Quantizes a model in place, after training, by a recipe that needs no data: one that leaves
     * activations in floating point, or takes their scales from what it quantizes.
     *
     * @param model a model with a block
     * @param recipe what is quantized, and how
     * @param inputShapes the shapes of the inputs, as in {@link #quantize(Model, Recipe, Dataset,
     *     int, Shape...)}
     * @throws IllegalArgumentException if the model cannot be prepared by the recipe, its input
     *     shapes are unknown, or activations need data; the model is then as it was
     */
    public static void quantize(Model model, Recipe recipe, Shape... inputShapes) {
        quantize(model, recipe, List.of(), inputShapes);
    }

    /**
     * Quantizes a model in place, after training, as {@link #quantize(Model, Recipe, Dataset, int,
     * Shape...)} does.
     *
     * @param model a model with a block
     * @param recipe what is quantized, and how
     * @param inputs the inputs of each calibration run, read once; empty where the recipe needs no
     *     data
     * @param inputShapes the shapes of the inputs
     * @throws IllegalArgumentException if the model cannot be prepared by the recipe, its input
     *     shapes are unknown, activations need data and there is none, or a tensor holds NaN or
     *     infinity; the model is then as it was
     */
    public static void quantize(
            Model model, Recipe recipe, Iterable<NDList> inputs, Shape... inputShapes) {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalArgumentException(
                    "The model " + model.getName() + " has no block to quantize.");
        }
        for (ModelQuantizer quantizer : ServiceLoader.load(ModelQuantizer.class)) {
            if (quantizer.supports(model)) {
                quantizer.quantize(model, recipe, inputs);
                return;
            }
        }
        if (block instanceof SymbolBlock) {
            throw new IllegalArgumentException(
                    "The model "
                            + model.getName()
                            + " was loaded as a symbol block, whose operations run inside its engine;"
                            + " with djl-qat's djl-extension on the class path TorchScript models"
                            + " are quantized.");
        }
        Shape[] shapes =
                inputShapes.length > 0 ? inputShapes : Preconditions.inputShapes(model, block);
        QuantizedBlock prepared = prepare(block, model.getNDManager(), recipe, shapes);
        try {
            if (inputs.iterator().hasNext()) {
                calibrate(prepared, model.getNDManager(), inputs);
            }
            prepared.requireCalibrated();
            model.setBlock(convert(prepared).block());
        } catch (RuntimeException e) {
            prepared.closeQuantizers();
            throw e;
        }
    }

    private static QuantizedBlock prepared(Model model) {
        if (model.getBlock() instanceof QuantizedBlock prepared) {
            return prepared;
        }
        throw new IllegalArgumentException(
                model.getBlock() instanceof ConvertedBlock
                        ? "The model "
                                + model.getName()
                                + " is converted already; to go on, set its block to getPrepared() of the converted one."
                        : "The model "
                                + model.getName()
                                + " is not prepared: call Quantization.prepare first.");
    }
}
