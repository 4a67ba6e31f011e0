package io.github.djlqat.samples.benchmarks;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, and how long.
 *
 * @param parts the benchmarks to run
 * @param quick whether to measure a few steps only
 * @param threads the number of threads of an operation; 0 for the engine's choice
 * @param output the folder of {@value RatiosFile#NAME}
 * @param weights ResNet-20's weights for ONNX in a safetensors file; drawn from a seed where null
 * @param data the folder of CIFAR-10 that its ranges are chosen with; random images where null
 */
record BenchmarkOptions(
        Set<Part> parts,
        boolean quick,
        int threads,
        Path output,
        @Nullable Path weights,
        @Nullable Path data) {

    static final String USAGE =
            """
            Arguments:
              --only PARTS    time, memory, kernels, precision, metrics or onnx, parted by commas (default: all)
              --quick         few steps, for a look
              --threads N     threads of an operation (default: the engine's choice)
              --output DIR    the folder of ratios.json (default: target/benchmarks)
              --weights FILE  ResNet-20's weights, safetensors (default: random)
              --data DIR      CIFAR-10, to choose ResNet-20's ranges with (default: random images)
            """;

    private static final Path DEFAULT_OUTPUT = Path.of("target", "benchmarks");

    /** A benchmark. */
    enum Part {
        TIME,
        MEMORY,
        KERNELS,
        PRECISION,
        METRICS,
        ONNX
    }

    BenchmarkOptions {
        parts = Set.copyOf(parts);
    }

    /** The rounds that are run before those that count. */
    int warmupRounds() {
        return quick ? 2 : 10;
    }

    /** The rounds that count. */
    int rounds() {
        return quick ? 5 : 50;
    }

    /** The rounds that count beside {@link #rounds()}, divided by the batch, of ONNX files. */
    int onnxRounds() {
        return quick ? 20 : 400;
    }

    /** The pairs of processes whose memory is compared. */
    int memoryPairs() {
        return quick ? 1 : 3;
    }

    /** The steps that a process trains before its memory is read. */
    int memorySteps() {
        return quick ? 5 : 30;
    }

    /** The options of the virtual machines that measure. */
    List<String> machineOptions() {
        return threads == 0 ? List.of() : List.of("-Dai.djl.pytorch.num_threads=" + threads);
    }

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException naming the argument and what is legal
     */
    static BenchmarkOptions parse(String... args) {
        Set<Part> parts = EnumSet.allOf(Part.class);
        boolean quick = false;
        int threads = 0;
        Path output = DEFAULT_OUTPUT;
        Path weights = null;
        Path data = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> parts = parts(value(args, i++));
                case "--threads" -> threads = threads(value(args, i++));
                case "--output" -> output = path(value(args, i++));
                case "--weights" -> weights = path(value(args, i++));
                case "--data" -> data = path(value(args, i++));
                default ->
                        throw new IllegalArgumentException(
                                "\"" + args[i] + "\" is no argument.\n" + USAGE);
            }
        }
        return new BenchmarkOptions(parts, quick, threads, output, weights, data);
    }

    private static String value(String[] args, int i) {
        if (i + 1 == args.length) {
            throw new IllegalArgumentException(args[i] + " needs a value.\n" + USAGE);
        }
        return args[i + 1];
    }

    private static Set<Part> parts(String text) {
        List<Part> parts = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            try {
                parts.add(Part.valueOf(name.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "\""
                                + name
                                + "\" is no benchmark; time, memory, kernels, precision, metrics and onnx are.",
                        e);
            }
        }
        return EnumSet.copyOf(parts);
    }

    private static int threads(String text) {
        try {
            int threads = Integer.parseInt(text);
            if (threads > 0) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // Refused as a number below 1 is.
        }
        throw new IllegalArgumentException(
                "The number of threads is a whole number above 0, not \"" + text + "\".");
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no path.", e);
        }
    }
}
