package io.github.djlqat.report.drawing;

import java.util.List;

/**
 * A drawing.
 *
 * @param width the width
 * @param height the height
 * @param title what it shows, in a few words
 * @param description what it shows, for those who do not see it
 * @param marks what is drawn, later over earlier
 */
public record Drawing(
        double width, double height, String title, String description, List<Mark> marks) {

    /**
     * Copies the list.
     *
     * @param width the width
     * @param height the height
     * @param title what it shows, in a few words
     * @param description what it shows, for those who do not see it
     * @param marks what is drawn, later over earlier
     */
    public Drawing {
        marks = List.copyOf(marks);
    }
}
