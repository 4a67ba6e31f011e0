package io.github.djlqat.torchscript;

import ai.djl.Model;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Computes the products of TorchScript models in 16 bits, as mixed precision does.
 *
 * <p><em>Prepare</em> rewrites the archive's source so that the methods of modules, and copies of
 * the functions that they call, cast the operands of convolutions, linear layers, matrix products,
 * attention and recurrent layers, and cast the results back to FLOAT32; weights stay in FLOAT32,
 * gradients flow through the casts, and softmax, normalization and losses stay in FLOAT32. All else
 * of the archive stays byte for byte. The prepared model is loaded by {@link
 * TorchScriptQuantization#load}, trained with DJL's own trainer and saved by {@link
 * TorchScriptQuantization#save}.
 *
 * <pre>{@code
 * TorchScriptAutocast.prepare(Path.of("model.pt"), Path.of("autocast.pt"));
 * Model model = TorchScriptQuantization.load(Path.of("autocast.pt"));
 * TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);
 * }</pre>
 */
public final class TorchScriptAutocast {

    private TorchScriptAutocast() {}

    /**
     * Puts casts into an archive. They do nothing until a type is set.
     *
     * @param archive the archive
     * @return the prepared archive
     * @throws TorchScriptException if no method of a module multiplies, the archive was prepared
     *     already, or its source cannot be read
     */
    public static TorchScriptArchive prepare(TorchScriptArchive archive) {
        return AutocastPreparer.prepare(archive);
    }

    /**
     * Puts casts into a model's file.
     *
     * @param model the file
     * @param prepared the file to write, which appears whole or not at all
     * @throws IOException if a file cannot be read or written
     * @throws TorchScriptException if no method of a module multiplies, the archive was prepared
     *     already, or its source cannot be read
     */
    public static void prepare(Path model, Path prepared) throws IOException {
        prepare(TorchScriptArchive.read(model)).write(prepared);
    }

    /**
     * Chooses the type that a prepared model computes products in.
     *
     * @param model a loaded model that was prepared
     * @param type the type
     * @throws IllegalArgumentException if the model was not prepared
     */
    public static void setType(Model model, AutocastType type) {
        new PreparedModule(model).setAutocast(type.number());
    }
}
