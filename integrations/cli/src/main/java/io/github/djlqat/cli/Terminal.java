package io.github.djlqat.cli;

import io.github.djlqat.extension.console.Console;
import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err progress and errors
 * @param interactive whether a line of progress can be printed over
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive) {

    /**
     * Returns the terminal of this process. Progress is plain lines where it has none, and where
     * {@code CI} is set or {@code TERM} is {@code dumb}.
     */
    static Terminal system() {
        return new Terminal(System.out, System.err, Console.system().terminal());
    }
}
