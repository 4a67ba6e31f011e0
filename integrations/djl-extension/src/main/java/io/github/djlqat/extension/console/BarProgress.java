package io.github.djlqat.extension.console;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar on a terminal. */
final class BarProgress implements Progress {

    private static final int WIDTH = 110;
    private static final int INTERVAL_MILLIS = 200;

    private final ProgressBar bar;

    BarProgress(PrintStream out, String task, long total) {
        bar =
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(INTERVAL_MILLIS)
                        .setMaxRenderedLength(WIDTH)
                        .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                        .build();
    }

    @Override
    public void update(long done, String message) {
        bar.setExtraMessage(message.isEmpty() ? "" : " " + message);
        bar.stepTo(done);
    }

    @Override
    public void close() {
        bar.close();
    }
}
