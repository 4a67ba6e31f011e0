package io.github.djlqat.report.drawing;

/**
 * Estimates how wide a text is by the published metrics of Helvetica, without the fonts of any
 * machine.
 */
public final class TextWidth {

    /** In thousandths of the font's size, from the space to the tilde. */
    private static final int[] WIDTHS = {
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
        556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
        722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
        667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
        556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
        500, 334, 260, 334, 584
    };

    /** Fonts that stand in for Helvetica are somewhat wider. */
    private static final double MARGIN = 1.04;

    private static final int OTHER = 600;
    private static final int WIDE = 1000;
    private static final int FIRST_WIDE = 0x1100;

    private TextWidth() {}

    /**
     * Returns the width of a text.
     *
     * @param text the text
     * @param size the size of the font
     * @return the width in the unit of the size
     */
    public static double of(String text, double size) {
        return text.codePoints().mapToLong(TextWidth::width).sum() * size * MARGIN / 1000;
    }

    private static int width(int point) {
        int index = point - ' ';
        if (index >= 0 && index < WIDTHS.length) {
            return WIDTHS[index];
        }
        return point >= FIRST_WIDE && !(point >= 0x2000 && point < 0x2E00) ? WIDE : OTHER;
    }

    /**
     * Shortens a text to a width, by leaving out its middle: the ends of names tell more.
     *
     * @param text the text
     * @param size the size of the font
     * @param limit the largest width
     * @return the text, or its two ends with an ellipsis between
     */
    public static String fit(String text, double size, double limit) {
        if (of(text, size) <= limit) {
            return text;
        }
        int[] points = text.codePoints().toArray();
        for (int kept = points.length - 1; kept > 1; kept--) {
            int head = kept / 2;
            int tail = kept - head;
            String shorter =
                    new String(points, 0, head)
                            + "\u2026"
                            + new String(points, points.length - tail, tail);
            if (of(shorter, size) <= limit) {
                return shorter;
            }
        }
        return "\u2026";
    }
}
