package io.github.djlqat.report.drawing;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Coordinates as text. */
final class Decimal {

    private static final int PLACES = 2;

    private Decimal() {}

    static String of(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return BigDecimal.valueOf(value)
                .setScale(PLACES, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
