package io.github.djlqat.samples.benchmarks;

import io.github.djlqat.samples.benchmarks.BenchmarkOptions.Part;
import io.github.djlqat.samples.common.console.Console;
import io.github.djlqat.samples.common.console.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures what interception and quantization-aware training cost beside the plain training step.
 */
public final class Benchmarks {

    private final BenchmarkOptions options;
    private final Console console = Console.system();

    private Benchmarks(BenchmarkOptions options) {
        this.options = options;
    }

    /**
     * Runs the benchmarks, prints their ratios, and adds these to {@value RatiosFile#NAME}.
     *
     * @param args as {@code --help} prints them
     * @throws Exception if a benchmark fails or the file cannot be written
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 1 && args[0].equals("--help")) {
            System.out.print(BenchmarkOptions.USAGE);
            return;
        }
        BenchmarkOptions options;
        try {
            options = BenchmarkOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        new Benchmarks(options).run();
    }

    private void run() throws IOException, InterruptedException, RunnerException {
        Map<String, Quartiles> results = new LinkedHashMap<>();
        if (options.parts().contains(Part.TIME)) {
            results.putAll(time());
        }
        if (options.parts().contains(Part.MEMORY)) {
            results.putAll(memory());
        }
        System.out.println(
                "Ratio to the plain training step, ResNet-20, batch "
                        + TrainingStep.BATCH
                        + ": median (quartiles)");
        Map<String, Double> ratios = new LinkedHashMap<>();
        results.forEach(
                (name, ratio) -> {
                    System.out.printf(Locale.ROOT, "  %-28s%s%n", name, ratio);
                    ratios.put(name, Math.rint(ratio.median() * 1e4) / 1e4);
                });
        Path file = RatiosFile.merge(options.output(), ratios);
        System.out.println("Written to " + file.toAbsolutePath());
    }

    private Map<String, Quartiles> time() throws RunnerException {
        OptionsBuilder jmh = new OptionsBuilder();
        jmh.include(AlternatingSteps.class.getName().replace(".", "\\."))
                .warmupIterations(options.warmupRounds())
                .measurementIterations(options.rounds())
                .timeout(TimeValue.hours(1))
                .shouldFailOnError(true)
                .jvmArgsAppend(options.machineOptions().toArray(new String[0]));
        RoundProgress progress =
                new RoundProgress(console, options.warmupRounds() + (long) options.rounds());
        Map<Variant, double[]> times = times(new Runner(jmh.build(), progress).run());
        double[] plain = Objects.requireNonNull(times.get(Variant.PLAIN));
        System.out.printf(
                Locale.ROOT, "A plain step took %.1f ms.%n", Quartiles.of(plain).median() / 1e6);
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        times.forEach(
                (variant, values) -> {
                    if (variant != Variant.PLAIN) {
                        ratios.put(variant.label(), Quartiles.ofRatios(values, plain));
                    }
                });
        return ratios;
    }

    /** Returns the time of each variant in each round, in nanoseconds. */
    private static Map<Variant, double[]> times(Collection<RunResult> results) {
        Collection<IterationResult> rounds =
                results.iterator()
                        .next()
                        .getBenchmarkResults()
                        .iterator()
                        .next()
                        .getIterationResults();
        Map<Variant, double[]> times = new EnumMap<>(Variant.class);
        for (Variant variant : Variant.values()) {
            String counter = StepTimes.counter(variant);
            times.put(
                    variant,
                    rounds.stream()
                            .mapToDouble(
                                    round ->
                                            Objects.requireNonNull(
                                                            round.getSecondaryResults()
                                                                    .get(counter))
                                                    .getScore())
                            .toArray());
        }
        return times;
    }

    private Map<String, Quartiles> memory() throws IOException, InterruptedException {
        if (!PeakMemory.isKnown()) {
            System.out.println(
                    "This system does not tell a process's peak memory; it is not measured.");
            return Map.of();
        }
        int pairs = options.memoryPairs();
        double[] plain = new double[pairs];
        double[] quantized = new double[pairs];
        try (Progress progress = console.start("peak memory", 2L * pairs)) {
            for (int i = 0; i < pairs; i++) {
                plain[i] =
                        MemoryProbe.run(
                                Variant.PLAIN, options.memorySteps(), options.machineOptions());
                progress.update(2L * i + 1, "");
                quantized[i] =
                        MemoryProbe.run(
                                Variant.QAT_W8A8, options.memorySteps(), options.machineOptions());
                progress.update(2L * i + 2, "");
            }
        }
        System.out.printf(
                Locale.ROOT,
                "The plain step's process held at most %.0f MiB.%n",
                Quartiles.of(plain).median() / 1024);
        return Map.of(Variant.QAT_W8A8.label() + "-memory", Quartiles.ofRatios(quantized, plain));
    }
}
