package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ExportTask} is asked for.
 *
 * @param model the model, quantized or in floating point
 * @param format the kind of the output, or null for the one that its name says
 * @param output the file or folder
 * @param data samples whose shapes and types the inputs have, and on which a quantized TorchScript
 *     file is compared with what it is lifted to; or null where the model or its source tells the
 *     shapes, inputs are FLOAT32, and nothing is lifted that is quantized
 */
public record ExportRequest(
        ModelSource model, @Nullable ExportFormat format, Path output, @Nullable DataSource data) {

    /**
     * Creates a request for a model whose inputs are FLOAT32.
     *
     * @param model the model, quantized or in floating point
     * @param format the kind of the output, or null for the one that its name says
     * @param output the file or folder
     */
    public ExportRequest(ModelSource model, @Nullable ExportFormat format, Path output) {
        this(model, format, output, null);
    }
}
