package io.github.djlqat.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** What names may hold, and which legal name a wrong one was meant to be. */
final class Names {

    private Names() {}

    /**
     * Tells whether every character can be printed on a line, in JSON and in YAML.
     *
     * @param text the text
     * @return whether it has no control, line-separating, unassigned or half characters
     */
    static boolean isPrintable(String text) {
        return text.codePoints()
                .allMatch(
                        c ->
                                switch (Character.getType(c)) {
                                    case Character.CONTROL,
                                            Character.SURROGATE,
                                            Character.UNASSIGNED,
                                            Character.LINE_SEPARATOR,
                                            Character.PARAGRAPH_SEPARATOR ->
                                            false;
                                    default -> c != 0xFEFF;
                                });
    }

    /**
     * Quotes a value for a message, on one line and not too long.
     *
     * @param text the value
     * @return the value in double quotes
     */
    static String quote(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return "\"" + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "\uFFFD") + "\"";
    }

    /**
     * Lists the legal names, and the one that was probably meant.
     *
     * @param wrong what was written
     * @param legal the legal names, at least one
     * @return the end of a message
     */
    static String legal(String wrong, Collection<String> legal) {
        String list =
                (legal.size() == 1 ? "legal is " : "legal are ") + String.join(", ", legal) + ".";
        String nearest =
                legal.stream()
                        .min(Comparator.comparingInt(name -> distance(wrong, name)))
                        .orElse("");
        boolean near =
                wrong.length() <= 60
                        && distance(wrong, nearest) <= Math.max(1, nearest.length() / 3);
        return near ? list + " Did you mean " + nearest + "?" : list;
    }

    /**
     * The number of insertions, deletions and replacements between two names, upper and lower case
     * being the same.
     */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
