package io.github.djlqat.samples.mixedprecision;

import ai.djl.translate.TranslateException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.samples.common.console.EngineThreads;
import io.github.djlqat.samples.common.console.SampleCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network from scratch in each mode, with the same steps, and prints one table. */
@Command(
        name = "mixed-precision",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains the embedded digits, or CIFAR-10 where given, in mixed precision.")
public final class MixedPrecisionSample implements Callable<Integer> {

    private static final List<Class<? extends Exception>> USERS_TO_MEND =
            List.of(IOException.class, IllegalArgumentException.class);

    @Option(
            names = "--mode",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "fp32,tf32,bf16,fp16,fp8",
            description = "modes; the first is what the others are compared with")
    private List<String> modes = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "seeds; each mode is trained with each")
    private List<Integer> seeds = List.of();

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "5",
            description = "epochs of training")
    private int epochs;

    @Option(names = "--adam8bit", description = "keep Adam's moments in 8 bits")
    private boolean eightBitAdam;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "CIFAR-10's binary files, for ResNet-20")
    private @Nullable Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/mixed-precision",
            description = "folder of the results")
    private Path folder = Path.of("");

    @Mixin private final EngineThreads threads = new EngineThreads();

    private final PrintStream out;

    private MixedPrecisionSample(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the sample and ends the process: with 0, with 1 if it fails, with 2 if the command line
     * is wrong.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /**
     * Runs the sample.
     *
     * @param out where results are printed
     * @param err where it is said what is wrong
     * @param arguments the command line
     * @return the exit status
     */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        return SampleCommand.run(new MixedPrecisionSample(out), err, USERS_TO_MEND, arguments);
    }

    @Override
    public Integer call() throws IOException, TranslateException {
        if (epochs < 1) {
            throw new IllegalArgumentException("--epochs is at least 1, not " + epochs + ".");
        }
        List<Mode> chosen = modes.stream().map(Mode::of).toList();
        threads.apply();
        Task task = data == null ? Task.digits() : Task.cifar10(data);
        Experiment experiment = new Experiment(task, epochs, eightBitAdam, Console.system());
        List<Outcome> outcomes = experiment.run(chosen, seeds);
        print(chosen, outcomes);
        Path file = Files.createDirectories(folder).resolve(task.name() + ".json");
        AtomicFile.write(file, new ObjectMapper().writeValueAsBytes(Map.of("outcomes", outcomes)));
        out.println("Written to " + file);
        return CommandLine.ExitCode.OK;
    }

    private void print(List<Mode> chosen, List<Outcome> outcomes) {
        out.printf(
                "%n%-8s %12s %12s %20s %12s %9s %14s%n",
                "mode",
                "accuracy %",
                "last loss",
                "largest difference %",
                "ms a step",
                "skipped",
                "optimizer kB");
        for (Mode mode : chosen) {
            List<Outcome> own =
                    outcomes.stream().filter(o -> o.mode().equals(mode.label())).toList();
            out.printf(
                    Locale.ROOT,
                    "%-8s %12.2f %12.4f %20.2f %12.2f %9.1f %14.1f%n",
                    mode.label(),
                    mean(own, o -> 100 * o.accuracy()),
                    mean(own, o -> o.losses().get(o.losses().size() - 1)),
                    mean(own, o -> 100 * o.largestLossDifference(first(outcomes, o.seed()))),
                    mean(own, Outcome::millisecondsPerStep),
                    mean(own, Outcome::skippedSteps),
                    mean(own, o -> o.optimizerBytes() / 1e3));
        }
    }

    private static Outcome first(List<Outcome> outcomes, int seed) {
        return outcomes.stream().filter(o -> o.seed() == seed).findFirst().orElseThrow();
    }

    private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> value) {
        return outcomes.stream().mapToDouble(value).average().orElse(Double.NaN);
    }
}
