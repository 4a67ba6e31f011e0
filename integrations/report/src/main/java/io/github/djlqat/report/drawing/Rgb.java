package io.github.djlqat.report.drawing;

import java.awt.Color;

/**
 * A colour of the sRGB space.
 *
 * @param value the components as {@code 0xRRGGBB}
 */
public record Rgb(int value) {

    /**
     * Checks the range.
     *
     * @param value the components as {@code 0xRRGGBB}
     * @throws IllegalArgumentException if there are more than 24 bits
     */
    public Rgb {
        if (value < 0 || value > 0xFFFFFF) {
            throw new IllegalArgumentException(value + " is no colour of 24 bits.");
        }
    }

    /**
     * Returns the colour as style sheets write it.
     *
     * @return {@code #} and six digits
     */
    public String hex() {
        return String.format("#%06x", value);
    }

    Color color(double opacity) {
        return new Color(
                value >> 16, value >> 8 & 0xFF, value & 0xFF, (int) Math.rint(255 * opacity));
    }

    /**
     * Returns the relative luminance, from 0 for black to 1 for white.
     *
     * @return the luminance
     * @see <a href="https://www.w3.org/TR/WCAG22/#dfn-relative-luminance">WCAG 2.2</a>
     */
    public double luminance() {
        return 0.2126 * linear(value >> 16)
                + 0.7152 * linear(value >> 8 & 0xFF)
                + 0.0722 * linear(value & 0xFF);
    }

    private static double linear(int component) {
        double c = component / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    /**
     * Returns the contrast ratio of two colours, from 1 to 21.
     *
     * @param other the other colour
     * @return the ratio
     * @see <a href="https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio">WCAG 2.2</a>
     */
    public double contrast(Rgb other) {
        double a = luminance();
        double b = other.luminance();
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }
}
