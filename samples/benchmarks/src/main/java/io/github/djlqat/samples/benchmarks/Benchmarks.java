package io.github.djlqat.samples.benchmarks;

import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.Progress;
import io.github.djlqat.samples.benchmarks.BenchmarkOptions.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures what interception and quantization-aware training cost beside the plain training step,
 * kernels beside PyTorch's own, and exported files in ONNX Runtime.
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

    private void run() throws Exception {
        Map<String, Quartiles> results = new LinkedHashMap<>();
        if (options.parts().contains(Part.TIME)) {
            results.putAll(time());
        }
        if (options.parts().contains(Part.MEMORY)) {
            results.putAll(memory());
        }
        if (options.parts().contains(Part.KERNELS)) {
            results.putAll(kernels());
        }
        if (options.parts().contains(Part.PRECISION)) {
            results.putAll(precisions());
            results.putAll(precisionMemory());
        }
        if (options.parts().contains(Part.METRICS)) {
            results.putAll(metrics());
        }
        if (options.parts().contains(Part.ONNX)) {
            results.putAll(new OnnxReport(options).run(console));
        }
        System.out.println(
                "Ratio to the plain training step, ResNet-20, batch "
                        + TrainingStep.BATCH
                        + ", or of a kernel to PyTorch's and to a copy,"
                        + " or of what its name says: median (quartiles)");
        Map<String, Double> ratios = new LinkedHashMap<>();
        results.forEach(
                (name, ratio) -> {
                    System.out.printf(Locale.ROOT, "  %-32s%s%n", name, ratio);
                    ratios.put(name, Math.rint(ratio.median() * 1e4) / 1e4);
                });
        Path file = RatiosFile.merge(options.output(), ratios);
        System.out.println("Written to " + file.toAbsolutePath());
    }

    private Map<String, Quartiles> time() throws RunnerException {
        Counters counters = rounds(AlternatingSteps.class, "alternating steps");
        double[] plain = counters.values(StepTimes.counter(Variant.PLAIN));
        System.out.printf(
                Locale.ROOT, "A plain step took %.1f ms.%n", Quartiles.of(plain).median() / 1e6);
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        for (Variant variant : Variant.values()) {
            if (variant != Variant.PLAIN) {
                double[] values = counters.values(StepTimes.counter(variant));
                ratios.put(variant.label(), Quartiles.ofRatios(values, plain));
            }
        }
        return ratios;
    }

    private Map<String, Quartiles> kernels() throws RunnerException {
        KernelReport report =
                new KernelReport(rounds(AlternatingKernels.class, "alternating kernels"));
        report.print(System.out);
        return report.ratios();
    }

    private Map<String, Quartiles> precisions() throws RunnerException {
        Counters counters = rounds(AlternatingPrecisions.class, "alternating precisions");
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        for (PrecisionVariant variant : PrecisionVariant.values()) {
            double[] values = counters.values(PrecisionTimes.counter(variant));
            System.out.printf(
                    Locale.ROOT,
                    "A step of %s took %.1f ms.%n",
                    variant.label(),
                    Quartiles.of(values).median() / 1e6);
            PrecisionVariant reference = variant.reference();
            if (reference != variant) {
                ratios.put(
                        variant.label() + "/" + reference.label(),
                        Quartiles.ofRatios(
                                values, counters.values(PrecisionTimes.counter(reference))));
            }
        }
        return ratios;
    }

    private Map<String, Quartiles> metrics() throws RunnerException {
        Counters counters = rounds(AlternatingMetrics.class, "alternating meters");
        double[] none = counters.values(MetricsTimes.counter(MetricsVariant.NONE));
        System.out.printf(
                Locale.ROOT,
                "A step without meters took %.1f ms.%n",
                Quartiles.of(none).median() / 1e6);
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        for (MetricsVariant variant : MetricsVariant.values()) {
            if (variant != MetricsVariant.NONE) {
                double[] values = counters.values(MetricsTimes.counter(variant));
                ratios.put(variant.label(), Quartiles.ofRatios(values, none));
            }
        }
        return ratios;
    }

    private Map<String, Quartiles> precisionMemory() throws IOException, InterruptedException {
        if (!isMemoryKnown()) {
            return Map.of();
        }
        PrecisionVariant[] variants = PrecisionVariant.values();
        int rounds = options.memoryPairs();
        Map<PrecisionVariant, double[]> peaks = new EnumMap<>(PrecisionVariant.class);
        try (Progress progress = console.start("peak memory", (long) rounds * variants.length)) {
            for (int i = 0; i < rounds; i++) {
                for (PrecisionVariant variant : variants) {
                    peaks.computeIfAbsent(variant, v -> new double[rounds])[i] =
                            MemoryProbe.run(
                                    variant, options.memorySteps(), options.machineOptions());
                    progress.update((long) i * variants.length + variant.ordinal() + 1, "");
                }
            }
        }
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        peaks.forEach(
                (variant, values) -> {
                    System.out.printf(
                            Locale.ROOT,
                            "The process of %s held at most %.0f MiB.%n",
                            variant.label(),
                            Quartiles.of(values).median() / 1024);
                    PrecisionVariant reference = variant.reference();
                    if (reference != variant) {
                        ratios.put(
                                variant.label() + "/" + reference.label() + "-memory",
                                Quartiles.ofRatios(
                                        values, Objects.requireNonNull(peaks.get(reference))));
                    }
                });
        return ratios;
    }

    private static boolean isMemoryKnown() {
        if (!PeakMemory.isKnown()) {
            System.out.println(
                    "This system does not tell a process's peak memory; it is not measured.");
            return false;
        }
        return true;
    }

    private Counters rounds(Class<?> benchmark, String title) throws RunnerException {
        OptionsBuilder jmh = new OptionsBuilder();
        jmh.include(benchmark.getName().replace(".", "\\."))
                .warmupIterations(options.warmupRounds())
                .measurementIterations(options.rounds())
                .timeout(TimeValue.hours(1))
                .shouldFailOnError(true)
                .jvmArgsAppend(options.machineOptions().toArray(new String[0]));
        RoundProgress progress =
                new RoundProgress(console, title, options.warmupRounds() + (long) options.rounds());
        return Counters.of(new Runner(jmh.build(), progress).run());
    }

    private Map<String, Quartiles> memory() throws IOException, InterruptedException {
        if (!isMemoryKnown()) {
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
