package io.github.djlqat.recipe;

import java.util.Objects;

/**
 * A tensor that is rounded to a format whose scales are taken from the tensor itself, each time
 * anew: nothing is observed, and calibration has nothing to choose.
 *
 * <p>The gradient is passed straight through. Scales follow the largest value, so that nothing is
 * clipped.
 *
 * @param format the format
 */
public record FormatRecipe(TensorFormat format) implements TensorQuantization {

    /**
     * Checks that there is a format.
     *
     * @param format the format
     */
    public FormatRecipe {
        Objects.requireNonNull(format, "format");
    }
}
