package io.github.djlqat.report.markup;

/**
 * The content of a {@code style} or {@code script} element, which HTML does not unescape. It must
 * come from the program itself and hold neither {@code <} nor {@code &}.
 *
 * @param value the text
 */
public record Raw(String value) implements Markup {

    /**
     * Checks the text.
     *
     * @param value the text
     * @throws IllegalArgumentException if it holds what XML would have escaped
     */
    public Raw {
        if (value.indexOf('<') >= 0 || value.indexOf('&') >= 0) {
            throw new IllegalArgumentException("Raw text holds neither < nor &.");
        }
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append(value);
    }
}
