package io.github.djlqat.torchscript.error;

/**
 * A TorchScript file breaks its format, exceeds the limits it is read with, or holds what is not
 * supported.
 *
 * <p>Trouble with reading or writing the file itself is an {@link java.io.IOException}.
 */
public class TorchScriptException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     */
    public TorchScriptException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     * @param cause what was thrown below
     */
    public TorchScriptException(String message, Throwable cause) {
        super(message, cause);
    }
}
