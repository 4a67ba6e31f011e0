package io.github.djlqat.report.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every value of a report must hold to, so that no file of a report can be made to burst. */
final class Checks {

    /** Differences, sums and squares of such numbers are finite. */
    static final double LARGEST = 1e150;

    static final int MAX_NAME = 1_000;
    static final int MAX_TEXT = 1_000_000;

    private Checks() {}

    static String name(String what, @Nullable String value) {
        return text(what, value, MAX_NAME);
    }

    static @Nullable String optionalName(String what, @Nullable String value) {
        return value == null ? null : name(what, value);
    }

    static String text(String what, @Nullable String value, int limit) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is missing or blank.");
        }
        if (value.length() > limit) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " has "
                            + value.length()
                            + " characters; at most "
                            + limit
                            + " are legal.");
        }
        return value;
    }

    static double finite(String what, double value) {
        if (!(Math.abs(value) <= LARGEST)) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " is "
                            + value
                            + "; it is finite, with a magnitude of at most "
                            + LARGEST
                            + ".");
        }
        return value;
    }

    static @Nullable Double finite(String what, @Nullable Double value) {
        return value == null ? null : (Double) finite(what, value.doubleValue());
    }

    static @Nullable Double notNegative(String what, @Nullable Double value) {
        if (value != null && finite(what, value.doubleValue()) < 0) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it is at least 0.");
        }
        return value;
    }

    static @Nullable Double share(String what, @Nullable Double value) {
        if (value != null && !(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it is from 0 to 1.");
        }
        return value;
    }

    static @Nullable Long notNegative(String what, @Nullable Long value) {
        if (value != null && value < 0) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it is at least 0.");
        }
        return value;
    }

    static <T> List<T> list(String what, @Nullable List<T> values, int limit) {
        if (values == null) {
            return List.of();
        }
        if (values.size() > limit) {
            throw new IllegalArgumentException(
                    "There are "
                            + values.size()
                            + " "
                            + what
                            + "; at most "
                            + limit
                            + " are legal.");
        }
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null) {
                throw new IllegalArgumentException("Number " + i + " of the " + what + " is null.");
            }
        }
        return List.copyOf(values);
    }

    static <T> Map<String, T> map(String what, @Nullable Map<String, T> values, int limit) {
        if (values == null) {
            return Map.of();
        }
        if (values.size() > limit) {
            throw new IllegalArgumentException(
                    "There are "
                            + values.size()
                            + " "
                            + what
                            + "; at most "
                            + limit
                            + " are legal.");
        }
        values.forEach(
                (key, value) -> {
                    name("key of the " + what, key);
                    if (value == null) {
                        throw new IllegalArgumentException(
                                "The value of " + key + " of the " + what + " is null.");
                    }
                });
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
