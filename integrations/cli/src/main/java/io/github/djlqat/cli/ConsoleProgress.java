package io.github.djlqat.cli;

import io.github.djlqat.workflow.Progress;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar on a terminal, and as a line every few seconds and at the end elsewhere. */
final class ConsoleProgress implements Progress {

    private static final int WIDTH = 100;
    private static final int INTERVAL_MILLIS = 200;
    private static final long LINE_NANOS = 5_000_000_000L;

    private final Terminal terminal;

    ConsoleProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Step start(String task, long total) {
        return terminal.interactive() ? bar(task, total) : new Lines(task, total);
    }

    private Step bar(String task, long total) {
        ProgressBar bar =
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(INTERVAL_MILLIS)
                        .setMaxRenderedLength(WIDTH)
                        .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), WIDTH))
                        .build();
        return new Step() {
            @Override
            public void update(long done, String message) {
                bar.setExtraMessage(message.isEmpty() ? "" : " " + message);
                bar.stepTo(done);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }

    private final class Lines implements Step {

        private final String task;
        private final long total;
        private final long begin = System.nanoTime();
        private long printed = begin;
        private long done;
        private String message = "";
        private boolean closed;

        Lines(String task, long total) {
            this.task = task;
            this.total = total;
        }

        @Override
        public void update(long newDone, String newMessage) {
            done = newDone;
            message = newMessage;
            if (!closed && System.nanoTime() - printed >= LINE_NANOS) {
                print();
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                print();
            }
        }

        private void print() {
            printed = System.nanoTime();
            terminal.err()
                    .println(
                            String.format(
                                    Locale.ROOT,
                                    "%s: %d/%d, %.1f s%s",
                                    task,
                                    done,
                                    total,
                                    (printed - begin) / 1e9,
                                    message.isEmpty() ? "" : ", " + message));
        }
    }
}
