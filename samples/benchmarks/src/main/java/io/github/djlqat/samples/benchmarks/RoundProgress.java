package io.github.djlqat.samples.benchmarks;

import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.Progress;
import java.io.PrintStream;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Shows the rounds that JMH has run as progress, in place of its report. */
final class RoundProgress implements OutputFormat {

    private final Console console;
    private final String title;
    private final long rounds;
    private @Nullable Progress progress;
    private long done;

    RoundProgress(Console console, String title, long rounds) {
        this.console = console;
        this.title = title;
        this.rounds = rounds;
    }

    @Override
    public void startBenchmark(BenchmarkParams params) {
        done = 0;
        progress = console.start(title, rounds);
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark,
            IterationParams params,
            int iteration,
            IterationResult data) {
        if (progress != null) {
            progress.update(++done, "");
        }
    }

    @Override
    public void endBenchmark(@Nullable BenchmarkResult result) {
        if (progress != null) {
            progress.close();
        }
    }

    /** What reaches here is what the forked process prints, and why it failed. */
    @Override
    public void print(String text) {
        out().print(text);
    }

    @Override
    public void println(String line) {
        if (!line.isBlank() && !line.startsWith("# ")) {
            out().println(line);
        }
    }

    @Override
    public void write(int b) {
        out().write(b);
    }

    @Override
    public void write(byte[] bytes) {
        out().write(bytes, 0, bytes.length);
    }

    private PrintStream out() {
        return console.out();
    }

    @Override
    public void flush() {
        out().flush();
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void verbosePrintln(String line) {}

    @Override
    public void close() {}
}
