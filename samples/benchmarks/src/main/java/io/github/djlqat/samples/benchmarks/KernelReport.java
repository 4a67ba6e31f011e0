package io.github.djlqat.samples.benchmarks;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The times of kernels, as a table and as ratios. */
final class KernelReport {

    private final Map<KernelVariant, double[]> times = new EnumMap<>(KernelVariant.class);

    KernelReport(Counters counters) {
        for (KernelVariant variant : KernelVariant.values()) {
            times.put(variant, counters.values(KernelTimes.counter(variant)));
        }
    }

    /**
     * The time of each kernel over that of PyTorch's, and over that of copying the array, paired by
     * round.
     */
    Map<String, Quartiles> ratios() {
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        for (KernelVariant variant : KernelVariant.values()) {
            if (variant.reference() != variant) {
                ratios.put(
                        "kernel-" + variant.label() + "/torch",
                        ratio(variant, variant.reference()));
                ratios.put(
                        "kernel-" + variant.label() + "/copy", ratio(variant, KernelVariant.COPY));
            }
        }
        return ratios;
    }

    private Quartiles ratio(KernelVariant variant, KernelVariant base) {
        return Quartiles.ofRatios(times(variant), times(base));
    }

    private double[] times(KernelVariant variant) {
        return Objects.requireNonNull(times.get(variant));
    }

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "Kernels on %,d floats; a copy reads and writes %d MB%n",
                KernelWork.FLOATS,
                KernelWork.FLOATS / 1_000_000 * 8);
        out.printf(
                Locale.ROOT,
                "  %-24s%12s%14s%14s%16s%n",
                "",
                "median ms",
                "input GB/s",
                "x copy",
                "x as fast");
        for (KernelVariant variant : KernelVariant.values()) {
            double median = Quartiles.of(times(variant)).median();
            String speed =
                    variant.reference() == variant
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.2f",
                                    1 / ratio(variant, variant.reference()).median());
            out.printf(
                    Locale.ROOT,
                    "  %-24s%12.2f%14.2f%14.2f%16s%n",
                    variant.label(),
                    median / 1e6,
                    KernelWork.FLOATS * 4.0 / median,
                    ratio(variant, KernelVariant.COPY).median(),
                    speed);
        }
    }
}
