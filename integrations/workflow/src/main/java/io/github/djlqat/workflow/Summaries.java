package io.github.djlqat.workflow;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What results come to, in lines of a build's log. */
public final class Summaries {

    private Summaries() {}

    /**
     * Tells what a quantization made.
     *
     * @param result the result
     * @return the recipe, the output, the sizes before and after, and the time
     */
    public static String of(QuantizeResult result) {
        return format(
                "%s by %s: %s, %.1f kB of %.1f kB, %.1f s",
                name(result.model()),
                result.recipe(),
                result.output(),
                result.outputBytes() / 1e3,
                result.modelBytes() / 1e3,
                result.seconds());
    }

    /**
     * Tells what a quantization left out.
     *
     * @param result the result
     * @return a warning, or empty where nothing was left out
     */
    public static Optional<String> unseen(QuantizeResult result) {
        return result.unseen().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "No sample reached "
                                + String.join(", ", result.unseen())
                                + "; nothing is quantized there.");
    }

    /**
     * Tells how good a model is.
     *
     * @param result the result
     * @return the metric's value and the number of samples
     */
    public static String of(EvaluateResult result) {
        return format(
                "%s: %s %.4f on %d samples",
                name(result.model()), result.metric(), result.value(), result.samples());
    }

    /**
     * Tells which check of an evaluation failed.
     *
     * @param result the result
     * @return the first check that did, or empty where all passed
     */
    public static Optional<String> failure(EvaluateResult result) {
        return result.checks().stream()
                .filter(check -> !check.passed())
                .findFirst()
                .map(
                        check ->
                                format(
                                        "%s of %s is %.4f, and %.4f is what passes.",
                                        check.name(),
                                        name(result.model()),
                                        check.value(),
                                        check.limit()));
    }

    /**
     * Tells what was exported.
     *
     * @param result the result
     * @return the output and its size
     */
    public static String of(ExportResult result) {
        return format("%s: %.1f kB", result.output(), result.bytes() / 1e3);
    }

    /**
     * Tells how large and how good the models of a report are.
     *
     * @param result the result
     * @return a line for each model
     */
    public static List<String> models(ReportResult result) {
        return result.models().stream()
                .map(
                        model ->
                                format("%s: %.1f kB", model.model(), model.bytes() / 1e3)
                                        + (model.value() == null
                                                ? ""
                                                : format(
                                                        ", %s %.4f",
                                                        result.metric(), model.value())))
                .toList();
    }

    /**
     * Tells where a report is.
     *
     * @param result the result
     * @return the report, the number of layers that it shows, and the time
     */
    public static String of(ReportResult result) {
        return format("%s: %d layers, %.1f s", result.output(), result.layers(), result.seconds());
    }

    private static String name(String model) {
        return String.valueOf(Path.of(model).getFileName());
    }

    private static String format(String format, @Nullable Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
