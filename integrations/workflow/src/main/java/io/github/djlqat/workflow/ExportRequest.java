package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ExportTask} is asked for.
 *
 * @param model the model, quantized or in floating point
 * @param format the kind of the output, or null for the one that its name says
 * @param output the file or folder
 */
public record ExportRequest(ModelSource model, @Nullable ExportFormat format, Path output) {}
