package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.error.TorchScriptException;

/** A failure whose message says where in the program it is. */
final class Located extends TorchScriptException {

    private static final long serialVersionUID = 1L;

    Located(String message, Throwable cause) {
        super(message, cause);
    }
}
