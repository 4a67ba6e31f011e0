package io.github.djlqat.cli;

import io.github.djlqat.workflow.Json;
import io.github.djlqat.workflow.Progress;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have. */
abstract class BaseCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print one JSON document on standard output, and nothing else there.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--verbose", description = "Show where in the program an error came up.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    final boolean json() {
        return json;
    }

    final boolean verbose() {
        return verbose;
    }

    final Terminal terminal() {
        return ((RootCommand) spec.root().userObject()).terminal();
    }

    final Progress progress() {
        return quiet ? Progress.NONE : new ConsoleProgress(terminal());
    }

    /** Prints a result as JSON, or in words. */
    final int print(Object result, Consumer<PrintStream> words) {
        PrintStream out = terminal().out();
        if (json) {
            out.print(Json.write(result));
        } else {
            words.accept(out);
        }
        out.flush();
        return ExitCode.OK;
    }
}
