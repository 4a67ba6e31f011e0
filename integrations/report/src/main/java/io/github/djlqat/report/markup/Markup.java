package io.github.djlqat.report.markup;

/** A part of a document. */
public sealed interface Markup permits Element, Text, Raw {

    /**
     * Appends the text of this part.
     *
     * @param out where to
     */
    void appendTo(StringBuilder out);

    /**
     * Returns the text of this part.
     *
     * @return well-formed text
     */
    default String render() {
        StringBuilder out = new StringBuilder();
        appendTo(out);
        return out.toString();
    }
}
