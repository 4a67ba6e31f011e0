package io.github.djlqat.torchscript.export;

/** Writes one kind of operation as a TorchScript expression. */
@FunctionalInterface
interface ScriptConverter {

    /** Returns the expression that computes the node's output, or the list of its outputs. */
    String convert(ScriptNode node);
}
