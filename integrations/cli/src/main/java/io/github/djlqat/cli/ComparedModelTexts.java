package io.github.djlqat.cli;

import io.github.djlqat.workflow.ComparedModel;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Models that were compared, in words. */
final class ComparedModelTexts {

    private ComparedModelTexts() {}

    static String table(List<ComparedModel> models, @Nullable String metric) {
        TextTable table =
                new TextTable(
                        "model", "kind", "size", metric == null ? "metric" : metric, "ms a sample");
        for (ComparedModel model : models) {
            table.add(
                    model.model(),
                    model.format(),
                    Texts.bytes(model.bytes()),
                    Texts.value(model.value()),
                    model.medianMillis() == null
                            ? "-"
                            : String.format(Locale.ROOT, "%.3f", model.medianMillis()));
        }
        return table.format();
    }
}
