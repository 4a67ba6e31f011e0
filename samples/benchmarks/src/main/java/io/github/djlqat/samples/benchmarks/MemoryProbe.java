package io.github.djlqat.samples.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Trains one variant in a process of its own, and tells that process's peak memory. */
public final class MemoryProbe {

    private static final String RESULT = "peak-kibibytes ";

    private static final String STEP = "step";
    private static final String PRECISION = "precision";

    private MemoryProbe() {}

    private static void repeat(int times, Runnable step) {
        for (int i = 0; i < times; i++) {
            step.run();
        }
    }

    /**
     * Runs in the new process.
     *
     * @param args {@code step} or {@code precision}, the variant's name and the number of steps
     * @throws IOException if the system does not tell
     */
    public static void main(String[] args) throws IOException {
        int steps = Integer.parseInt(args[2]);
        if (args[0].equals(STEP)) {
            try (TrainingStep step = TrainingStep.of(Variant.labelled(args[1]))) {
                repeat(steps, step::run);
            }
        } else {
            try (PrecisionStep step = new PrecisionStep(PrecisionVariant.labelled(args[1]))) {
                repeat(steps, step::run);
            }
        }
        System.out.println(RESULT + PeakMemory.ofThisProcess());
    }

    /**
     * Starts a process with this one's class path and options, and waits for it.
     *
     * @param variant what it trains
     * @param steps the number of steps
     * @param options further options of the virtual machine
     * @return its peak memory in kibibytes
     * @throws IOException if it fails
     * @throws InterruptedException if the thread is interrupted; the process is then ended
     */
    static long run(Variant variant, int steps, List<String> options)
            throws IOException, InterruptedException {
        return run(STEP, variant.label(), steps, options);
    }

    /** {@link #run(Variant, int, List)} for a precision. */
    static long run(PrecisionVariant variant, int steps, List<String> options)
            throws IOException, InterruptedException {
        return run(PRECISION, variant.label(), steps, options);
    }

    private static long run(String kind, String label, int steps, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), MemoryProbe.class.getName()));
        command.addAll(List.of(kind, label, Integer.toString(steps)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            return output.lines()
                    .filter(line -> line.startsWith(RESULT))
                    .mapToLong(line -> Long.parseLong(line.substring(RESULT.length())))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new IOException(
                                            "Training "
                                                    + label
                                                    + " in another process ended with "
                                                    + status
                                                    + "."));
        } finally {
            process.destroy();
        }
    }
}
