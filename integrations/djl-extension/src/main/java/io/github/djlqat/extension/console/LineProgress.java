package io.github.djlqat.extension.console;

import java.util.Locale;

/** Progress as plain lines: one every few seconds and one at the end. */
final class LineProgress implements Progress {

    private static final long INTERVAL_NANOS = 5_000_000_000L;

    private final Console console;
    private final String task;
    private final long total;
    private final long begin;
    private long printed;
    private long done;
    private String message = "";
    private boolean closed;

    LineProgress(Console console, String task, long total) {
        this.console = console;
        this.task = task;
        this.total = total;
        begin = console.nanoTime().getAsLong();
        printed = begin;
    }

    @Override
    public void update(long done, String message) {
        this.done = done;
        this.message = message;
        long now = console.nanoTime().getAsLong();
        if (!closed && now - printed >= INTERVAL_NANOS) {
            printed = now;
            print(now);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            print(console.nanoTime().getAsLong());
        }
    }

    private void print(long now) {
        String line =
                String.format(
                        Locale.ROOT,
                        "%s: %d/%d, %.1f s%s",
                        task,
                        done,
                        total,
                        (now - begin) / 1e9,
                        message.isEmpty() ? "" : ", " + message);
        console.out().println(line);
    }
}
