package io.github.djlqat.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report shows.
 *
 * @param output the report
 * @param figures the files of its figures
 * @param metric the name of the metric; null without labels
 * @param models the models in its order
 * @param layers the number of layers it shows
 * @param notes what it does not show, and why
 * @param seconds the time that it took
 */
public record ReportResult(
        String output,
        List<String> figures,
        @Nullable String metric,
        List<ComparedModel> models,
        int layers,
        List<String> notes,
        double seconds) {}
