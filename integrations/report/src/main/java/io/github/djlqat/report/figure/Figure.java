package io.github.djlqat.report.figure;

import io.github.djlqat.report.drawing.Drawing;

/**
 * A figure with the numbers behind it.
 *
 * @param name a name that no other figure of the report has, of letters, digits and hyphens
 * @param caption what it shows and how to read it
 * @param drawing the drawing
 * @param table the numbers
 */
public record Figure(String name, String caption, Drawing drawing, DataTable table) {

    /**
     * Returns what it shows, in a few words.
     *
     * @return the title
     */
    public String title() {
        return drawing.title();
    }
}
