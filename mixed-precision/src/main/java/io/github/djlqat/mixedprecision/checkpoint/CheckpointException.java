package io.github.djlqat.mixedprecision.checkpoint;

import java.io.IOException;

/** Tells why a checkpoint cannot be saved or loaded. */
public final class CheckpointException extends IOException {

    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message which checkpoint it is, and what is wrong with it
     */
    public CheckpointException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message which checkpoint it is, and what is wrong with it
     * @param cause what it was noticed by
     */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
