package io.github.djlqat.cli;

import io.github.djlqat.workflow.Json;
import io.github.djlqat.workflow.WorkflowException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs commands, and says in one line what is wrong with them. */
final class Cli {

    private static final int HELP_WIDTH = 100;

    private final Terminal terminal;

    Cli(Terminal terminal) {
        this.terminal = terminal;
    }

    CommandLine commandLine() {
        CommandLine line = new CommandLine(new RootCommand(terminal));
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler(this::wrongUsage);
        line.setExecutionExceptionHandler(this::failed);
        return line;
    }

    /** Runs a command line and returns its exit code. */
    int run(String... arguments) {
        int code;
        try {
            code = commandLine().execute(arguments);
        } catch (OutOfMemoryError | LinkageError | StackOverflowError e) {
            code = failed(e, Arrays.asList(arguments));
        }
        boolean lost = terminal.out().checkError();
        if (lost) {
            terminal.err().println("djl-qat: Standard output cannot be written.");
        }
        terminal.err().flush();
        return lost && code == ExitCode.OK ? ExitCode.USER_ERROR : code;
    }

    /** What ends a task is no reason to end without words, and not with the code of a check. */
    private int failed(Error e, List<String> arguments) {
        int code = e instanceof OutOfMemoryError ? ExitCode.USER_ERROR : ExitCode.INTERNAL_ERROR;
        String message =
                e instanceof OutOfMemoryError
                        ? "The memory does not suffice ("
                                + e.getMessage()
                                + "); take fewer or smaller samples, or give Java more by -Xmx."
                        : "The program cannot go on: " + e;
        report(message, code, arguments.contains("--json"));
        if (arguments.contains("--verbose")) {
            e.printStackTrace(terminal.err());
        }
        return code;
    }

    private int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        report(
                String.valueOf(e.getMessage()),
                ExitCode.USER_ERROR,
                Arrays.asList(arguments).contains("--json"));
        UnmatchedArgumentException.printSuggestions(e, command.getErr());
        if (arguments.length == 0) {
            command.usage(command.getErr());
            return ExitCode.USER_ERROR;
        }
        command.getErr().println("`" + name + " --help` tells what it takes.");
        return ExitCode.USER_ERROR;
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        BaseCommand asked = command.getCommand() instanceof BaseCommand base ? base : null;
        boolean json = asked != null && asked.json();
        boolean verbose = asked != null && asked.verbose();
        int code;
        if (e instanceof CancellationException) {
            code = ExitCode.INTERRUPTED;
            report("Interrupted.", code, json);
        } else if (e instanceof WorkflowException || e instanceof IllegalArgumentException) {
            code = ExitCode.USER_ERROR;
            report(String.valueOf(e.getMessage()), code, json);
        } else {
            code = ExitCode.INTERNAL_ERROR;
            report("This is a mistake in djl-qat: " + e, code, json);
            verbose = true;
        }
        if (verbose) {
            e.printStackTrace(terminal.err());
        }
        return code;
    }

    private void report(String message, int code, boolean json) {
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("error", message);
            error.put("exitCode", code);
            terminal.out().print(Json.write(error));
        }
        terminal.err().println("djl-qat: " + message);
    }
}
