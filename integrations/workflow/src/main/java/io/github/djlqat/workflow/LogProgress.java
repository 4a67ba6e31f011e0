package io.github.djlqat.workflow;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Shows progress as lines of a build's log, one in a few seconds. */
public final class LogProgress implements Progress {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

    private final Consumer<String> log;

    /**
     * Creates the progress.
     *
     * @param log takes each line
     */
    public LogProgress(Consumer<String> log) {
        this.log = log;
    }

    @Override
    public Step start(String task, long total) {
        return new Step() {
            private long last = System.nanoTime();

            @Override
            public void update(long done, String message) {
                long now = System.nanoTime();
                if (now - last >= PAUSE || done == total) {
                    last = now;
                    log.accept(
                            task
                                    + ": "
                                    + done
                                    + " of "
                                    + total
                                    + (message.isEmpty() ? "" : ", " + message));
                }
            }

            @Override
            public void close() {
                // The last line has been printed.
            }
        };
    }
}
