package io.github.djlqat.workflow;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a mixed-precision recipe is searched before a model is quantized or trained by it.
 *
 * @param budget what the recipe may use
 * @param bits the bits that weights and activations may have, each 2 to 8
 * @param recipe the file that the recipe is written to, ending in .yaml, .yml or .json
 * @param scores a JSON file to write each layer's scores to, or null
 */
public record SearchOptions(
        SearchBudget budget, List<Integer> bits, Path recipe, @Nullable Path scores) {

    /**
     * Copies the list.
     *
     * @param budget what the recipe may use
     * @param bits the bits that weights and activations may have, each 2 to 8
     * @param recipe the file that the recipe is written to, ending in .yaml, .yml or .json
     * @param scores a JSON file to write each layer's scores to, or null
     */
    public SearchOptions {
        bits = List.copyOf(bits);
    }

    static void requireInPlaceOf(@Nullable String recipe, @Nullable SearchOptions search) {
        if (recipe != null && search != null) {
            throw new WorkflowException(
                    "A recipe is given, "
                            + recipe
                            + ", or searched by a budget; both at once are not legal.");
        }
    }
}
