package io.github.djlqat.cli;

import io.github.djlqat.extension.console.Console;
import io.github.djlqat.workflow.Progress;

/** Progress as a bar on a terminal, and as a line every few seconds and at the end elsewhere. */
final class ConsoleProgress implements Progress {

    private final Console console;

    ConsoleProgress(Terminal terminal) {
        console = new Console(terminal.err(), terminal.interactive(), System::nanoTime);
    }

    @Override
    public Step start(String task, long total) {
        io.github.djlqat.extension.console.Progress shown = console.start(task, total);
        return new Step() {
            @Override
            public void update(long done, String message) {
                shown.update(done, message);
            }

            @Override
            public void close() {
                shown.close();
            }
        };
    }
}
