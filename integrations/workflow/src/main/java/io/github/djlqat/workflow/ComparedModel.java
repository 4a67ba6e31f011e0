package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A model that was compared with others.
 *
 * @param model its file or folder
 * @param format its kind
 * @param bytes the size of its files
 * @param value the metric's value; null without labels
 * @param medianMillis the median time for one sample; null where it was not measured
 */
public record ComparedModel(
        String model,
        String format,
        long bytes,
        @Nullable Double value,
        @Nullable Double medianMillis) {

    static ComparedModel of(
            OpenedModel model, @Nullable Double value, @Nullable Double medianMillis)
            throws IOException {
        return new ComparedModel(
                model.path().toString(), model.format(), model.bytes(), value, medianMillis);
    }
}
