package io.github.djlqat.torchscript.export;

/** Writes one kind of operation as TorchScript. */
@FunctionalInterface
public interface ScriptConverter {

    /**
     * Writes an operation, and binds each of its outputs.
     *
     * @param node the operation, with what its arguments are called in the script
     */
    void convert(ScriptNode node);
}
