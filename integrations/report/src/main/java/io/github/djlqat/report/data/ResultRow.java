package io.github.djlqat.report.data;

import org.jspecify.annotations.Nullable;

/**
 * One variant of the model, to be compared with the others.
 *
 * @param name the name of the variant, such as {@code fp32} or {@code qat-w4a4}
 * @param score how well it does, or null where it was not evaluated
 * @param bytes the size of the stored model in bytes, or null
 * @param latency the time of one inference in milliseconds, or null
 */
public record ResultRow(
        String name, @Nullable Score score, @Nullable Long bytes, @Nullable Double latency) {

    /**
     * Checks the parts.
     *
     * @param name the name of the variant, such as {@code fp32} or {@code qat-w4a4}
     * @param score how well it does, or null where it was not evaluated
     * @param bytes the size of the stored model in bytes, or null
     * @param latency the time of one inference in milliseconds, or null
     * @throws IllegalArgumentException if the name is blank or a number negative or not finite
     */
    public ResultRow {
        Checks.name("name of a result", name);
        Checks.notNegative("size of the result " + name + " in bytes", bytes);
        Checks.notNegative("latency of the result " + name + " in ms", latency);
    }
}
