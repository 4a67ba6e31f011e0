package io.github.djlqat.report.drawing;

import java.util.Locale;

/** What a colour is for. Which colour it is depends on the {@link Palette}. */
public enum Ink {
    /** The ground that is drawn on. */
    PAPER,
    /** The ground of what stands out from it. */
    SURFACE,
    /** Text. */
    TEXT,
    /** Text of less weight. */
    MUTED,
    /** Axes and outlines. */
    AXIS,
    /** Lines that help the eye along. */
    GRID,
    /** The first series. */
    SERIES_1,
    /** The second series. */
    SERIES_2,
    /** The third series. */
    SERIES_3,
    /** The fourth series. */
    SERIES_4,
    /** A weak ground of the first series' hue. */
    TINT_1,
    /** A weak ground of the second series' hue. */
    TINT_2;

    private static final Ink[] SERIES = {SERIES_1, SERIES_2, SERIES_3, SERIES_4};

    /**
     * Returns the ink of a series.
     *
     * @param index the number of the series, from 0; it wraps around
     * @return the ink
     */
    public static Ink series(int index) {
        return SERIES[index % SERIES.length];
    }

    /**
     * Returns the name of this ink in style sheets.
     *
     * @return the name
     */
    public String cssName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
