package io.github.djlqat.workflow;

import java.util.concurrent.CancellationException;

/** Stops work that was interrupted. */
final class Interruption {

    private Interruption() {}

    /**
     * Checks whether the work may go on.
     *
     * @throws CancellationException if the thread was interrupted
     */
    static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("Interrupted.");
        }
    }
}
