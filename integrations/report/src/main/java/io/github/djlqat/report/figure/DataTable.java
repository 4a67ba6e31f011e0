package io.github.djlqat.report.figure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers behind a figure.
 *
 * @param columns the columns
 * @param rows the rows, each with a cell for each column
 */
public record DataTable(List<Column> columns, List<List<Cell>> rows) {

    /**
     * A column.
     *
     * @param name the heading
     * @param numeric whether it holds numbers
     */
    public record Column(String name, boolean numeric) {

        static Column text(String name) {
            return new Column(name, false);
        }

        static Column number(String name) {
            return new Column(name, true);
        }
    }

    /**
     * A cell.
     *
     * @param text what is shown
     * @param value the number that it stands for, or null where it stands for none
     */
    public record Cell(String text, @Nullable Double value) {

        /**
         * Creates a cell of text.
         *
         * @param text the text
         * @return the cell
         */
        public static Cell of(String text) {
            return new Cell(text, null);
        }

        static Cell optional(@Nullable String text) {
            return of(text == null ? Numbers.NONE : text);
        }
    }

    /**
     * Copies the lists and checks that they fit.
     *
     * @param columns the columns
     * @param rows the rows, each with a cell for each column
     * @throws IllegalArgumentException if a row has another number of cells than there are columns
     */
    public DataTable {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<Cell> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "A row has " + row.size() + " cells for " + columns.size() + " columns.");
            }
        }
    }
}
