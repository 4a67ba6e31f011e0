package io.github.djlqat.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What quantization did.
 *
 * @param model the model's file or folder
 * @param recipe the recipe's name
 * @param output the quantized model
 * @param format the kind of the output
 * @param layers the names of the quantized layers; empty for a TorchScript model
 * @param unseen the quantizers of a TorchScript model that saw no data, and do nothing
 * @param samples the number of samples used for calibration
 * @param modelBytes the size of the model's files
 * @param outputBytes the size of the output's files
 * @param seconds the time that it took
 * @param search what the search of the recipe found; null where a recipe was given
 */
public record QuantizeResult(
        String model,
        String recipe,
        String output,
        ExportFormat format,
        List<String> layers,
        List<String> unseen,
        int samples,
        long modelBytes,
        long outputBytes,
        double seconds,
        @Nullable SearchResult search) {}
