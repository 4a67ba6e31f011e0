package io.github.djlqat.extension.console;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.function.LongSupplier;

/**
 * Where progress is shown.
 *
 * @param out where progress is printed
 * @param terminal whether a line that was printed can be printed over
 * @param nanoTime a clock as {@link System#nanoTime}
 */
public record Console(PrintStream out, boolean terminal, LongSupplier nanoTime) {

    /**
     * Returns the console of this process: its standard error, so that its standard output holds
     * results only.
     *
     * <p>It counts as a terminal where the process has one and neither {@code CI} is set nor {@code
     * TERM} is {@code dumb}; elsewhere, as in a log, progress is plain lines.
     *
     * @return the console
     */
    public static Console system() {
        boolean plain = System.getenv("CI") != null || "dumb".equals(System.getenv("TERM"));
        return new Console(System.err, !plain && isTerminal(), System::nanoTime);
    }

    /**
     * Starts to show a task's progress.
     *
     * @param task the task's name
     * @param total the number of its steps, at least 1
     * @return its progress, to be closed when the task is over
     * @throws IllegalArgumentException if the number of steps is below 1
     */
    public Progress start(String task, long total) {
        if (total < 1) {
            throw new IllegalArgumentException(
                    "The task \"" + task + "\" has at least one step, not " + total + ".");
        }
        return terminal ? new BarProgress(out, task, total) : new LineProgress(this, task, total);
    }

    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // since Java 22 there is a console without a terminal, and this method to tell
            return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
