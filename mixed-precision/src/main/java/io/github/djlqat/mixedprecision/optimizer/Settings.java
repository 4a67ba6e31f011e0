package io.github.djlqat.mixedprecision.optimizer;

/** Checks the numbers that an optimizer is configured with. */
final class Settings {

    private Settings() {}

    static double requireNotNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it must be at least 0 and finite.");
        }
        return value;
    }

    /** A coefficient of a moving average. */
    static double requireFraction(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it must be at least 0 and less than 1.");
        }
        return value;
    }
}
