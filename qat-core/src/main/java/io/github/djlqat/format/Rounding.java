package io.github.djlqat.format;

/** How a real number becomes an integer, be it a code or the significand of a float. */
public enum Rounding {
    /** To the nearest integer, ties to the even one. */
    HALF_EVEN,

    /** To the nearest integer, ties away from zero, as C's {@code roundf}. */
    HALF_AWAY_FROM_ZERO,

    /** To the nearest integer, ties toward positive infinity: \( \lfloor x + 1/2 \rfloor \). */
    HALF_UP,

    /** Toward zero: the fraction is cut off. */
    TOWARD_ZERO,

    /**
     * To one of the two neighbours, each with the probability of its nearness: \( \lfloor x + u
     * \rfloor \) for \( u \) uniform in \( [0, 1) \).
     */
    STOCHASTIC;

    /**
     * Rounds a number in a mode that needs no random number.
     *
     * @param x the number
     * @return the integer; infinities and NaN are returned as they are
     * @throws IllegalArgumentException if this is {@link #STOCHASTIC}
     */
    public double apply(double x) {
        return switch (this) {
            case HALF_EVEN -> Math.rint(x);
            case HALF_AWAY_FROM_ZERO -> Math.copySign(halfUp(Math.abs(x)), x);
            case HALF_UP -> halfUp(x);
            case TOWARD_ZERO -> x < 0 ? Math.ceil(x) : Math.floor(x);
            case STOCHASTIC ->
                    throw new IllegalArgumentException(
                            "Stochastic rounding takes a uniform number in [0, 1); none was given.");
        };
    }

    /**
     * Rounds a number in any mode.
     *
     * @param x the number
     * @param uniform a random number in [0, 1), which only {@link #STOCHASTIC} looks at
     * @return the integer; infinities and NaN are returned as they are
     * @throws IllegalArgumentException if this is {@link #STOCHASTIC} and uniform is outside [0, 1)
     */
    public double apply(double x, double uniform) {
        if (this != STOCHASTIC) {
            return apply(x);
        }
        if (!(uniform >= 0 && uniform < 1)) {
            throw new IllegalArgumentException(
                    "Stochastic rounding takes a uniform number in [0, 1), not " + uniform + ".");
        }
        double floor = Math.floor(x);
        // Not floor(x + u): that sum would be rounded before its floor is taken.
        return 1 - uniform <= x - floor ? floor + 1 : floor;
    }

    private static double halfUp(double x) {
        double floor = Math.floor(x);
        // Not floor(x + 0.5): the sum rounds 0.49999999999999994 up.
        return x - floor >= 0.5 ? floor + 1 : floor;
    }
}
