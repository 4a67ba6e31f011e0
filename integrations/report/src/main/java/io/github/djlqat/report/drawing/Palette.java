package io.github.djlqat.report.drawing;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * A colour for each ink. The four series keep apart for readers with any of the usual colour vision
 * deficiencies, and each is legible as text on the paper and on the surface.
 *
 * @param colors the colours by ink
 */
public record Palette(Map<Ink, Rgb> colors) {

    /** Dark on white. */
    public static final Palette LIGHT =
            of(
                    0xFFFFFF, 0xF5F6F8, 0x1A1D21, 0x555C66, 0x7A828D, 0xDDE1E6, 0x0B5CAD, 0xA84300,
                    0x00695C, 0x7B2D8E, 0xDBE9F8, 0xFBE6D8);

    /** Light on nearly black. */
    public static final Palette DARK =
            of(
                    0x15181D, 0x1E2229, 0xE7EAEE, 0xA9B1BC, 0x79828E, 0x343A43, 0x78B6FF, 0xFFA262,
                    0x52D3B8, 0xDCA8F0, 0x1D3450, 0x45301F);

    /**
     * Copies the map and checks that every ink has a colour.
     *
     * @param colors the colours by ink
     * @throws IllegalArgumentException if one has none
     */
    public Palette {
        colors = Collections.unmodifiableMap(new EnumMap<>(colors));
        if (colors.size() != Ink.values().length) {
            throw new IllegalArgumentException("A palette has a colour for each ink.");
        }
    }

    private static Palette of(int... values) {
        Map<Ink, Rgb> colors = new EnumMap<>(Ink.class);
        for (Ink ink : Ink.values()) {
            colors.put(ink, new Rgb(values[ink.ordinal()]));
        }
        return new Palette(colors);
    }

    /**
     * Returns the colour of an ink.
     *
     * @param ink the ink
     * @return the colour
     */
    public Rgb color(Ink ink) {
        return Objects.requireNonNull(colors.get(ink));
    }
}
