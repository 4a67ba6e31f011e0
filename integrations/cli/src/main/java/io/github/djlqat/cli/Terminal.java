package io.github.djlqat.cli;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

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
        boolean plain = System.getenv("CI") != null || "dumb".equals(System.getenv("TERM"));
        return new Terminal(System.out, System.err, !plain && isTerminal());
    }

    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since Java 22 there is a console without a terminal, and this method to tell.
            return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
