package io.github.djlqat.micrometer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The memory that the process holds, native arrays included, where the system tells. */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String FIELD = "VmRSS:";

    private ResidentMemory() {}

    static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    /** Returns the resident set size in bytes, or NaN. */
    static double bytes() {
        try {
            return bytes(Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    static double bytes(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(FIELD))
                .map(line -> line.substring(FIELD.length()).trim().split("\\s+", 2)[0])
                .mapToDouble(kibibytes -> Long.parseLong(kibibytes) * 1024.0)
                .findFirst()
                .orElse(Double.NaN);
    }
}
