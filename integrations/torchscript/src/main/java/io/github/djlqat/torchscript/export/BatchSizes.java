package io.github.djlqat.torchscript.export;

import java.util.Optional;

/**
 * The batch sizes of two traces of one model.
 *
 * @param first that of the first
 * @param second that of the second; the same where sizes do not follow the batch
 */
record BatchSizes(long first, long second) {

    /** The variable that holds the batch size when the model runs. */
    static final String VARIABLE = "batch";

    /**
     * Returns the expression of a whole number that was seen in both traces: a constant, a multiple
     * of the batch size, or the batch size with something added. Two traces do not tell other
     * formulas apart.
     *
     * @return the expression, or empty where none of these fits
     */
    Optional<String> expression(long number, long other) {
        if (number == other) {
            return Optional.of(Long.toString(number));
        }
        if (number % first == 0 && number / first * second == other) {
            return Optional.of(
                    number == first
                            ? VARIABLE
                            : "torch.mul(" + VARIABLE + ", " + number / first + ")");
        }
        return other - number == second - first
                ? Optional.of("torch.add(" + VARIABLE + ", " + (number - first) + ")")
                : Optional.empty();
    }

    /** Says at which batch sizes two values were seen. */
    String seen(Object value, Object other) {
        return value
                + " at the batch size "
                + first
                + " and "
                + other
                + " at "
                + second
                + "; export the model with optDynamicBatch(false)";
    }
}
