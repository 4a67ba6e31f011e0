package io.github.djlqat.torchscript.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Insertions into a text, which leave all of it in place. */
public final class SourceEdits {

    private record Insertion(int offset, int order, String text) {}

    private final List<Insertion> insertions = new ArrayList<>();

    /**
     * Inserts a text; texts at one offset stand in the order of the calls.
     *
     * @param offset the offset in the text as it was
     * @param inserted the text
     */
    public void insert(int offset, String inserted) {
        insertions.add(new Insertion(offset, insertions.size(), inserted));
    }

    /**
     * Returns whether nothing is inserted.
     *
     * @return whether there are no insertions
     */
    public boolean isEmpty() {
        return insertions.isEmpty();
    }

    /**
     * Makes the insertions.
     *
     * @param text the text as it was
     * @return the new text
     */
    public String apply(String text) {
        List<Insertion> sorted = new ArrayList<>(insertions);
        sorted.sort(
                Comparator.comparingInt(Insertion::offset).thenComparingInt(Insertion::order));
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (Insertion insertion : sorted) {
            result.append(text, at, insertion.offset()).append(insertion.text());
            at = insertion.offset();
        }
        return result.append(text, at, text.length()).toString();
    }
}
