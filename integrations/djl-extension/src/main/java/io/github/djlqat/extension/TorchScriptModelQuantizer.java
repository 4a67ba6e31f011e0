package io.github.djlqat.extension;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.github.djlqat.fakequant.ModelQuantizer;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Quantizes models that hold a TorchScript module. The module is taken as the engine saves it now,
 * so that neither its file nor its Python source is needed.
 */
public final class TorchScriptModelQuantizer implements ModelQuantizer {

    private static final String PYTORCH = "PyTorch";

    /** Creates a quantizer, as {@link java.util.ServiceLoader} does. */
    public TorchScriptModelQuantizer() {}

    @Override
    public boolean supports(Model model) {
        return model.getBlock() instanceof SymbolBlock
                && model.getNDManager().getEngine().getEngineName().equals(PYTORCH);
    }

    @Override
    public void quantize(Model model, Recipe recipe, Iterable<NDList> inputs) {
        if (!model.getNDManager().getDevice().equals(Device.cpu())) {
            throw new IllegalArgumentException(
                    "The TorchScript model "
                            + model.getName()
                            + " is on "
                            + model.getNDManager().getDevice()
                            + "; such models are quantized on the CPU: load it there.");
        }
        Block before = model.getBlock();
        TorchScriptArchive prepared =
                TorchScriptQuantization.prepare(TorchScriptQuantization.save(model), recipe);
        TorchScriptArchive converted;
        try (Model training = load(prepared, model.getName())) {
            calibrate(training, recipe, inputs);
            converted = TorchScriptQuantization.convert(training);
        }
        Model holder = load(converted, model.getName());
        // The block's native memory belongs to the model it was loaded by.
        model.getNDManager().attachInternal(NDManager.nextUid(), holder);
        model.setBlock(holder.getBlock());
        close(before);
    }

    private static void calibrate(Model model, Recipe recipe, Iterable<NDList> inputs) {
        if (inputs.iterator().hasNext()) {
            TorchScriptQuantization.calibrate(model, inputs);
            return;
        }
        List<String> waiting = TorchScriptQuantization.calibrate(model, () -> {});
        if (!waiting.isEmpty()) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + recipe.name()
                            + "\" chooses the ranges of "
                            + waiting.size()
                            + " activations, such as "
                            + waiting.get(0)
                            + ", from data, and there is none: give calibration data, or a recipe"
                            + " without activations such as int8-weight-only.");
        }
    }

    private static Model load(TorchScriptArchive archive, String name) {
        try {
            Path folder = Files.createTempDirectory("djl-qat");
            Path file = folder.resolve("module.pt");
            try {
                archive.write(file);
                return TorchScriptQuantization.load(file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The quantized module of the model "
                            + name
                            + " cannot be written for a moment.",
                    e);
        }
    }

    private static void close(Block block) {
        if (block instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("The block that was replaced cannot be closed.", e);
            }
        }
    }
}
