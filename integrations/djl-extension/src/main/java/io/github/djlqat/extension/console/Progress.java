package io.github.djlqat.extension.console;

/** How far a task is. */
public interface Progress extends AutoCloseable {

    /**
     * Shows that the task got on.
     *
     * @param done the number of steps done so far
     * @param message what else there is to say, such as the loss; empty for nothing
     */
    void update(long done, String message);

    /** Shows that the task is over. Further calls change nothing. */
    @Override
    void close();
}
