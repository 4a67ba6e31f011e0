package io.github.djlqat.mixedprecision.checkpoint;

import ai.djl.MalformedModelException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Something whose state belongs into a checkpoint: an optimizer, a loss scaler, a moving average.
 *
 * <p>Loading has two phases, so that a checkpoint is taken as a whole or not at all: all states are
 * read and checked before the first one changes anything.
 */
public interface Stateful {

    /**
     * Writes the state.
     *
     * @param out the stream to write to; it is not closed
     * @throws IOException if the stream fails
     */
    void saveState(DataOutputStream out) throws IOException;

    /**
     * Reads a state that {@link #saveState} wrote, and checks it, without changing anything.
     *
     * @param in the stream to read from, which ends with the state; it is not closed
     * @return what puts the state into effect; it must not fail
     * @throws IOException if the stream fails or ends early
     * @throws MalformedModelException if the state is of something else
     */
    Runnable readState(DataInputStream in) throws IOException, MalformedModelException;
}
