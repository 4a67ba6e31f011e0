package io.github.djlqat.report.drawing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an outline is filled and drawn.
 *
 * @param fill the ink inside, or null for none
 * @param opacity how much the fill covers, in (0, 1]
 * @param stroke the ink of the line, or null for none
 * @param width the width of the line
 * @param dash the lengths of dashes and gaps, alternating; empty for a solid line
 */
public record Style(
        @Nullable Ink fill, double opacity, @Nullable Ink stroke, double width, List<Double> dash) {

    /**
     * Copies the list.
     *
     * @param fill the ink inside, or null for none
     * @param opacity how much the fill covers, in (0, 1]
     * @param stroke the ink of the line, or null for none
     * @param width the width of the line
     * @param dash the lengths of dashes and gaps, alternating; empty for a solid line
     */
    public Style {
        dash = List.copyOf(dash);
    }

    /**
     * Returns a style that fills.
     *
     * @param ink the ink
     * @return the style
     */
    public static Style fill(Ink ink) {
        return new Style(ink, 1, null, 0, List.of());
    }

    /**
     * Returns a style that draws a line.
     *
     * @param ink the ink
     * @param width the width of the line
     * @param dash the lengths of dashes and gaps; none for a solid line
     * @return the style
     */
    public static Style stroke(Ink ink, double width, Double... dash) {
        return new Style(null, 1, ink, width, List.of(dash));
    }

    /**
     * Returns this style with a line.
     *
     * @param ink the ink of the line
     * @param lineWidth the width of the line
     * @param lengths the lengths of dashes and gaps; none for a solid line
     * @return the style
     */
    public Style outlined(Ink ink, double lineWidth, Double... lengths) {
        return new Style(fill, opacity, ink, lineWidth, List.of(lengths));
    }

    /**
     * Returns this style with a fill that lets the ground through.
     *
     * @param share how much it covers, in (0, 1]
     * @return the style
     */
    public Style sheer(double share) {
        return new Style(fill, share, stroke, width, dash);
    }
}
