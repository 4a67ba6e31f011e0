package io.github.djlqat.torchscript.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Insertions into a text and replacements of parts of it, which leave the rest in place. */
public final class SourceEdits {

    private record Edit(int offset, int order, int to, String text) {}

    private final List<Edit> edits = new ArrayList<>();

    /**
     * Inserts a text; texts at one offset stand in the order of the calls.
     *
     * @param offset the offset in the text as it was
     * @param inserted the text
     */
    public void insert(int offset, String inserted) {
        replace(new Span(offset, offset), inserted);
    }

    /**
     * Replaces a part of the text.
     *
     * @param span the place of the part in the text as it was
     * @param replacement the text that takes its place
     */
    public void replace(Span span, String replacement) {
        edits.add(new Edit(span.from(), edits.size(), span.to(), replacement));
    }

    /**
     * Returns whether nothing is changed.
     *
     * @return whether there are no edits
     */
    public boolean isEmpty() {
        return edits.isEmpty();
    }

    /**
     * Makes the edits.
     *
     * @param text the text as it was
     * @return the new text
     */
    public String apply(String text) {
        List<Edit> sorted = new ArrayList<>(edits);
        sorted.sort(Comparator.comparingInt(Edit::offset).thenComparingInt(Edit::order));
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (Edit edit : sorted) {
            result.append(text, at, edit.offset()).append(edit.text());
            at = edit.to();
        }
        return result.append(text, at, text.length()).toString();
    }
}
