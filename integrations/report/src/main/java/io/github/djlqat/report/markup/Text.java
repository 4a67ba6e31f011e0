package io.github.djlqat.report.markup;

/**
 * Text for people, which is escaped.
 *
 * @param value any string
 */
public record Text(String value) implements Markup {

    @Override
    public void appendTo(StringBuilder out) {
        Escapes.append(value, out);
    }
}
