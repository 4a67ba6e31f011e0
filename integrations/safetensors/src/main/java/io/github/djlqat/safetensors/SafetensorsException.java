package io.github.djlqat.safetensors;

/**
 * A safetensors file breaks the format, holds what was not asked for, or cannot be brought into the
 * type that was asked for.
 *
 * <p>Trouble with reading or writing the file itself is an {@link java.io.IOException}.
 */
public class SafetensorsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     */
    public SafetensorsException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     * @param cause what was thrown below
     */
    public SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}
