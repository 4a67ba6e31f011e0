package io.github.djlqat.torchscript;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Quantizes TorchScript models that anybody's Python wrote, traced or scripted.
 *
 * <p><em>Prepare</em> rewrites the archive's source so that convolutions, linear layers, matrix
 * products and recurrent networks pass their inputs and weights through quantizers, whose scales
 * are added to the archive; all else stays byte for byte. The prepared model is loaded as an
 * ordinary DJL model; <em>calibrate</em> chooses the ranges of its activations from data, training
 * with DJL's own trainer adapts it, and <em>convert</em> rounds its weights.
 *
 * <pre>{@code
 * TorchScriptQuantization.prepare(Path.of("model.pt"), Presets.named("int8"), Path.of("qat.pt"));
 * Model model = TorchScriptQuantization.load(Path.of("qat.pt"));
 * TorchScriptQuantization.calibrate(model, calibrationSet, 10);
 * EasyTrain.fit(trainer, epochs, trainingSet, validationSet);
 * TorchScriptQuantization.convert(model).write(Path.of("int8.pt"));
 * }</pre>
 *
 * <p>Layers are named by the path of the module that holds the weight, such as {@code
 * layer1.0.conv1}. Products of two activations are quantized by rules that name {@code matMul} or
 * {@code batchDot}; they are named by the module that computes them and the operation, such as
 * {@code layers.0.matMul}. Elementwise operations are left in floating point, and BatchNorm runs as
 * the model has it, also where weights are rounded as if it were folded into them.
 */
public final class TorchScriptQuantization {

    /** The tensors of a quantizer's state: learned scale, scale, zero point, limits. */
    static final int STATE_TENSORS = 4;

    private static final String ENGINE = "PyTorch";

    private TorchScriptQuantization() {}

    /**
     * Puts quantizers into an archive. They do nothing until the model is calibrated, but for
     * recipes without activations, whose weights are quantized at once.
     *
     * @param archive the archive
     * @param recipe what is quantized, and how: integers with observed or learned scales
     * @return the prepared archive
     * @throws TorchScriptException if something cannot be quantized that the recipe does not
     *     exclude; the message names the file, line, method and call
     * @throws IllegalArgumentException if the recipe asks for what TorchScript models do not have
     */
    public static TorchScriptArchive prepare(TorchScriptArchive archive, Recipe recipe) {
        return ArchivePreparer.prepare(archive, recipe);
    }

    /**
     * Puts quantizers into a model's file.
     *
     * @param model the file
     * @param recipe what is quantized, and how: integers with observed or learned scales
     * @param prepared the file to write, which appears whole or not at all
     * @throws IOException if a file cannot be read or written
     * @throws TorchScriptException if something cannot be quantized that the recipe does not
     *     exclude; the message names the file, line, method and call
     * @throws IllegalArgumentException if the recipe asks for what TorchScript models do not have
     */
    public static void prepare(Path model, Recipe recipe, Path prepared) throws IOException {
        prepare(TorchScriptArchive.read(model), recipe).write(prepared);
    }

    /**
     * Loads a model whose parameters can be trained.
     *
     * @param file the file, prepared or not
     * @return the model, to be closed by the caller
     * @throws IOException if the file cannot be read
     * @throws TorchScriptException if it is no TorchScript archive, or the engine refuses its
     *     source; the message holds the engine's, with the place
     */
    public static Model load(Path file) throws IOException {
        // A damaged file is refused here, before native code sees it.
        TorchScriptArchive.read(file).data();
        String name = String.valueOf(file.getFileName());
        Model model = Model.newInstance(name, Device.cpu(), ENGINE);
        try {
            model.load(file, null, Map.of("trainParam", "true", "mapLocation", "true"));
            return model;
        } catch (IOException e) {
            model.close();
            throw e;
        } catch (EngineException | MalformedModelException e) {
            model.close();
            throw new TorchScriptException(
                    "The engine does not load " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Chooses what the quantizers of a prepared model do.
     *
     * @param model a loaded model that was prepared
     * @param mode the mode; quantizers that have seen no data, and those that the recipe leaves
     *     out, pass their input on in every mode
     */
    public static void setMode(Model model, QuantizerMode mode) {
        PreparedModule module = new PreparedModule(model);
        List<QuantizerState> quantizers = QuantizerState.all(module.save().data());
        try (NDManager manager = module.newManager()) {
            NDList states = module.states(manager);
            List<Integer> modes = new ArrayList<>();
            for (QuantizerState quantizer : quantizers) {
                boolean ready = mode == QuantizerMode.OBSERVE || isReady(quantizer, states);
                TensorRecipe recipe = quantizer.recipe();
                boolean passes = !quantizer.isSwitch() && !ready;
                modes.add(
                        recipe != null && !passes
                                ? number(mode, recipe)
                                : (quantizer.isSwitch() ? mode : QuantizerMode.FLOAT).number());
            }
            module.setModes(modes);
        }
    }

    /** A learned scale does not follow what is observed, nor does one found by a search. */
    private static int number(QuantizerMode mode, TensorRecipe recipe) {
        boolean follows = recipe.learning() == ScaleLearning.OBSERVED && isRange(recipe.observer());
        return mode == QuantizerMode.TRAIN && !follows
                ? QuantizerMode.QUANTIZE.number()
                : mode.number();
    }

    private static boolean isRange(ObserverType observer) {
        return observer == ObserverType.MIN_MAX || observer == ObserverType.MOVING_AVERAGE;
    }

    /** A range of nothing tells of a quantizer that has seen nothing. */
    private static boolean isReady(QuantizerState quantizer, NDList states) {
        if (!quantizer.tensor().isEmpty()) {
            return true;
        }
        float[] limits = state(states, quantizer, 3).toFloatArray();
        return limits[0] != 0 || limits[1] != 0;
    }

    private static NDArray state(NDList states, QuantizerState quantizer, int tensor) {
        return states.get(quantizer.index() * STATE_TENSORS + tensor);
    }

    /**
     * Chooses the ranges of activations from batches of a dataset, and turns quantization on.
     *
     * @param model a loaded model that was prepared
     * @param data the dataset; only its data are used
     * @param batches the number of batches, at least 1
     * @return the names of quantizers that saw no data, in branches that were not taken; they pass
     *     their input on
     * @throws IOException if the dataset cannot be read
     * @throws TranslateException if the dataset's items cannot be made arrays
     * @throws IllegalArgumentException if the model was not prepared, a value is NaN or infinite,
     *     or there are no batches
     */
    public static List<String> calibrate(Model model, Dataset data, int batches)
            throws IOException, TranslateException {
        if (batches < 1) {
            throw new IllegalArgumentException(
                    "The number of calibration batches is " + batches + "; it must be at least 1.");
        }
        PreparedModule module = new PreparedModule(model);
        Calibration calibration = new Calibration(module);
        try (NDManager scope = module.newManager()) {
            int used = 0;
            for (Batch batch : data.getData(scope)) {
                try (batch) {
                    calibration.observe(batch.getData());
                }
                if (++used == batches) {
                    break;
                }
            }
        }
        return calibration.finish();
    }

    /**
     * Chooses the ranges of activations from inputs, and turns quantization on.
     *
     * @param model a loaded model that was prepared
     * @param inputs the inputs of each run of the model
     * @return the names of quantizers that saw no data, in branches that were not taken; they pass
     *     their input on
     * @throws IllegalArgumentException if the model was not prepared, a value is NaN or infinite,
     *     or there are no inputs
     */
    public static List<String> calibrate(Model model, Iterable<NDList> inputs) {
        Calibration calibration = new Calibration(new PreparedModule(model));
        inputs.forEach(calibration::observe);
        return calibration.finish();
    }

    /**
     * Chooses the ranges of activations from whatever runs the model, and turns quantization on.
     * This is for models whose inputs are no arrays, such as those that take an int.
     *
     * @param model a loaded model that was prepared
     * @param use runs the model in inference; all that it passes through is observed as one batch
     * @return the names of quantizers that saw no data, in branches that were not taken; they pass
     *     their input on
     * @throws IllegalArgumentException if the model was not prepared, or a value is NaN or infinite
     */
    public static List<String> calibrate(Model model, Runnable use) {
        Calibration calibration = new Calibration(new PreparedModule(model));
        calibration.observe(use);
        return calibration.finish();
    }

    /**
     * Saves a prepared model as it is: its parameters, scales and modes.
     *
     * @param model a loaded model
     * @return the archive as the engine writes it
     */
    public static TorchScriptArchive save(Model model) {
        return new PreparedModule(model).save();
    }

    /**
     * Converts a prepared model, which stays as it is: the weights are rounded and their quantizers
     * turned off, and the scales of activations stay where they are. Weights that something else
     * computes with too keep their quantizers.
     *
     * @param model a loaded model that was prepared
     * @return the archive of the converted model, which computes what the prepared one does
     */
    public static TorchScriptArchive convert(Model model) {
        PreparedModule module = new PreparedModule(model);
        TorchScriptArchive saved = module.save();
        try (NDManager manager = module.newManager()) {
            return ArchiveConverter.convert(saved, module.roundedWeights(manager));
        }
    }
}
