package io.github.djlqat.gradle;

import io.github.djlqat.workflow.Progress;
import java.util.concurrent.TimeUnit;
import org.gradle.api.logging.Logger;

/** Shows progress as lines of the build's log, one in a few seconds. */
final class LogProgress implements Progress {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

    private final Logger log;

    LogProgress(Logger log) {
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
                    log.lifecycle(
                            "{}: {} of {}{}",
                            task,
                            done,
                            total,
                            message.isEmpty() ? "" : ", " + message);
                }
            }

            @Override
            public void close() {
                // The last line has been printed.
            }
        };
    }
}
