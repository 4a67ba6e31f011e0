package io.github.djlqat.samples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The most physical memory that a process has held: {@code VmHWM} in Linux's {@code /proc}. */
final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String FIELD = "VmHWM:";

    private PeakMemory() {}

    /** Whether this system tells. */
    static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    /** Returns what this process has held at most, in kibibytes. */
    static long ofThisProcess() throws IOException {
        return parse(Files.readAllLines(STATUS, StandardCharsets.UTF_8))
                .orElseThrow(() -> new IOException(STATUS + " has no field " + FIELD));
    }

    static OptionalLong parse(List<String> status) {
        for (String line : status) {
            if (line.startsWith(FIELD)) {
                String[] words = line.substring(FIELD.length()).trim().split("\\s+", -1);
                return OptionalLong.of(Long.parseLong(words[0]));
            }
        }
        return OptionalLong.empty();
    }
}
