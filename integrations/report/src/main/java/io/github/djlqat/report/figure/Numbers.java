package io.github.djlqat.report.figure;

import io.github.djlqat.report.figure.DataTable.Cell;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Numbers {

    /** What stands for a number that is not known. */
    static final String NONE = "\u2013";

    private static final double KILO = 1000;
    private static final double SMALL = 1e-4;
    private static final double LARGE = 1e5;

    private Numbers() {}

    static String fixed(double value, int places) {
        String text = String.format(Locale.ROOT, "%." + places + "f", value);
        return minus(text.matches("-0(\\.0*)?") ? text.substring(1) : text);
    }

    /** Three significant digits, with a power of ten where the number is very small or large. */
    static String significant(double value) {
        double magnitude = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (magnitude < SMALL || magnitude >= LARGE) {
            String[] parts = String.format(Locale.ROOT, "%.2e", value).split("e", 2);
            return minus(parts[0]) + "\u00D710" + superscript(Integer.parseInt(parts[1]));
        }
        int places = Math.max(0, 2 - (int) Math.floor(Math.log10(magnitude)));
        return fixed(value, Math.min(places, 5));
    }

    /** A number without superfluous digits, as axes have them. */
    static String tick(double value, double step) {
        double magnitude = Math.max(Math.abs(value), step);
        if (magnitude >= LARGE || step < SMALL / 10) {
            return value == 0 ? "0" : shortest(value);
        }
        int places = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        return fixed(value, places);
    }

    private static String shortest(double value) {
        String[] parts = String.format(Locale.ROOT, "%.2e", value).split("e", 2);
        String digits = parts[0].replaceAll("\\.?0+$", "");
        String power = "10" + superscript(Integer.parseInt(parts[1]));
        return digits.equals("1") ? power : minus(digits) + "\u00D7" + power;
    }

    private static String superscript(int exponent) {
        StringBuilder text = new StringBuilder();
        for (char c : Integer.toString(exponent).toCharArray()) {
            text.append(
                    switch (c) {
                        case '-' -> '\u207B';
                        case '1' -> '\u00B9';
                        case '2' -> '\u00B2';
                        case '3' -> '\u00B3';
                        default -> (char) ('\u2070' + c - '0');
                    });
        }
        return text.toString();
    }

    private static String minus(String text) {
        return text.startsWith("-") ? "\u2212" + text.substring(1) : text;
    }

    /** Three significant digits at most, and no zeros that say nothing. */
    static String plain(double value) {
        String text = significant(value);
        return text.contains(".") && text.indexOf('\u00D7') < 0
                ? text.replaceAll("\\.?0+$", "")
                : text;
    }

    static String bytesTick(double value) {
        return bytes(value).replace(".0\u00A0", "\u00A0");
    }

    static String bytes(double value) {
        if (value < KILO) {
            return fixed(value, 0) + "\u00A0B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double scaled = value / KILO;
        int unit = 0;
        while (scaled >= 999.95 && unit < units.length - 1) {
            scaled /= KILO;
            unit++;
        }
        return fixed(scaled, scaled < 99.95 ? 1 : 0) + "\u00A0" + units[unit];
    }

    static String millisecondsTick(double value) {
        return plain(value) + "\u00A0ms";
    }

    static String milliseconds(double value) {
        return significant(value) + "\u00A0ms";
    }

    static String decibels(double value) {
        return fixed(value, 1);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202F');
    }

    static Cell cell(@Nullable Double value, DoubleFunction<String> format) {
        return value == null ? Cell.of(NONE) : new Cell(format.apply(value.doubleValue()), value);
    }

    static Cell cell(@Nullable Long value) {
        return value == null ? Cell.of(NONE) : new Cell(count(value), (double) value);
    }
}
