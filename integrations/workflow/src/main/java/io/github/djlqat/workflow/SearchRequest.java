package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SearchTask} is asked for.
 *
 * @param model a model in floating point, of blocks or of TorchScript
 * @param data the samples to measure on
 * @param samples how many of them are used
 * @param budget what the recipe may use
 * @param bits the bits that weights and activations may have, each 2 to 8
 * @param output the recipe's file, ending in .yaml, .yml or .json
 * @param scores a JSON file to write each layer's scores to, or null
 */
public record SearchRequest(
        ModelSource model,
        DataSource data,
        Calibration samples,
        SearchBudget budget,
        List<Integer> bits,
        Path output,
        @Nullable Path scores) {

    /** The bits that are tried by default. */
    public static final List<Integer> DEFAULT_BITS = List.of(2, 3, 4, 5, 6, 8);

    /**
     * Copies the list.
     *
     * @param model a model in floating point, of blocks or of TorchScript
     * @param data the samples to measure on
     * @param samples how many of them are used
     * @param budget what the recipe may use
     * @param bits the bits that weights and activations may have, each 2 to 8
     * @param output the recipe's file, ending in .yaml, .yml or .json
     * @param scores a JSON file to write each layer's scores to, or null
     */
    public SearchRequest {
        bits = List.copyOf(bits);
    }
}
