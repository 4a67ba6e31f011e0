package io.github.djlqat.samples.imageclassification;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.github.djlqat.sensitivity.AutoPrecision;
import io.github.djlqat.sensitivity.Budget;
import io.github.djlqat.sensitivity.PrecisionPlan;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * The search of a mixed-precision recipe.
 *
 * @param bits the average bits of weights, and of activations
 */
record PrecisionSearch(double bits) {

    private static final int BATCHES = 2;
    private static final double FEWEST_BITS = 2;
    private static final double MOST_BITS = 8;

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if the bits are not within 2 and 8
     */
    PrecisionSearch {
        if (!(bits >= FEWEST_BITS && bits <= MOST_BITS)) {
            throw new IllegalArgumentException(
                    "--auto-bits is 2 to 8 bits on average, not " + bits + ".");
        }
    }

    /** Searches; the model is not changed. */
    PrecisionPlan run(Model model, Dataset data, Shape input)
            throws IOException, TranslateException, InterruptedException {
        String name = "auto-" + BigDecimal.valueOf(bits).stripTrailingZeros().toPlainString();
        return AutoPrecision.builder()
                .setBudget(Budget.averageBits(bits))
                .optName(name)
                .optBatches(BATCHES)
                .build()
                .search(model, data, input);
    }
}
