package io.github.djlqat.cli;

import io.github.djlqat.workflow.Check;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Texts {

    private Texts() {}

    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    static String value(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    static String small(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }

    static String shape(@Nullable List<Long> shape) {
        return shape == null
                ? "-"
                : shape.stream().map(Object::toString).collect(Collectors.joining("x"));
    }

    static String check(Check check) {
        return (check.passed() ? "passed: " : "FAILED: ")
                + check.name()
                + " is "
                + String.format(Locale.ROOT, "%.6g", check.value())
                + ", limit "
                + String.format(Locale.ROOT, "%.6g", check.limit());
    }
}
