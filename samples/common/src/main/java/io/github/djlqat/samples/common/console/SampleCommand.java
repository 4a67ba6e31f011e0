package io.github.djlqat.samples.common.console;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs the command of a sample, and says in one line what its user can mend. */
public final class SampleCommand {

    private SampleCommand() {}

    /**
     * Runs a command.
     *
     * @param command what picocli's annotations describe
     * @param err where it is said what is wrong
     * @param usersToMend the exceptions whose message tells the user enough; others are shown with
     *     where they came up
     * @param arguments the command line
     * @return the exit status: 0, or 1 if the command fails, or 2 if the command line is wrong
     */
    public static int run(
            Callable<Integer> command,
            PrintStream err,
            List<Class<? extends Exception>> usersToMend,
            String... arguments) {
        return new CommandLine(command)
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler(
                        (exception, line, parsed) -> {
                            if (usersToMend.stream().anyMatch(type -> type.isInstance(exception))) {
                                line.getErr().println(exception.getMessage());
                                return CommandLine.ExitCode.SOFTWARE;
                            }
                            throw exception;
                        })
                .execute(arguments);
    }
}
