package io.github.djlqat.sensitivity;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns: the first to the left, the others to the right. */
final class TextTable {

    private static final String GAP = "  ";

    private final List<List<String>> lines = new ArrayList<>();

    void add(String first, List<String> others) {
        List<String> line = new ArrayList<>();
        line.add(first);
        line.addAll(others);
        lines.add(line);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int i = 0; i < line.size(); i++) {
                String padding = " ".repeat(width(i) - line.get(i).length());
                text.append(i == 0 ? "" : GAP)
                        .append(i == 0 ? line.get(i) + padding : padding + line.get(i));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return lines.stream()
                .filter(line -> column < line.size())
                .mapToInt(line -> line.get(column).length())
                .max()
                .orElse(0);
    }
}
