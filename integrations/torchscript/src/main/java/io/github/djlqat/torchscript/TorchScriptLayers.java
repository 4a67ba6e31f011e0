package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;

/** Finds what a recipe may quantize in a TorchScript model. */
public final class TorchScriptLayers {

    private TorchScriptLayers() {}

    /**
     * Lists the products of a model, each once, in the order in which its methods are read.
     *
     * @param archive the model
     * @return the products
     * @throws TorchScriptException if the model's source is not there or cannot be followed
     */
    public static List<TorchScriptLayer> of(TorchScriptArchive archive) {
        Program program = Program.of(archive);
        ModuleTree modules = ModuleTree.of(program, archive.data());
        StoredTensors stored = new StoredTensors(archive);
        Interpreter interpreter = new Interpreter(program, modules, stored).run();
        return new Planner(interpreter, modules, stored, Presets.named("int8-weight-only"))
                .layers();
    }

    /**
     * Tells whether a model was prepared: has quantizers.
     *
     * @param archive the model
     * @return whether {@link TorchScriptQuantization#prepare(TorchScriptArchive,
     *     io.github.djlqat.recipe.Recipe)} has put quantizers into it
     */
    public static boolean isPrepared(TorchScriptArchive archive) {
        return archive.contains(Program.FOLDER + SourceRewriter.path(SourceRewriter.NAMESPACE));
    }
}
