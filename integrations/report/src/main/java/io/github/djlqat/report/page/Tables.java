package io.github.djlqat.report.page;

import io.github.djlqat.report.figure.DataTable;
import io.github.djlqat.report.markup.Element;
import io.github.djlqat.report.markup.Markup;
import io.github.djlqat.report.markup.Text;
import java.util.ArrayList;
import java.util.List;

/** Tables of the page. */
final class Tables {

    private Tables() {}

    /**
     * A table in a region of its own that scrolls where the table is wider than the page, and that
     * the keyboard reaches.
     */
    static Element region(DataTable table, String caption, boolean sortable) {
        return Element.of("div", table(table, caption, sortable))
                .with("class", "scroll")
                .with("role", "region")
                .with("tabindex", "0")
                .with("aria-label", caption);
    }

    private static Element table(DataTable table, String caption, boolean sortable) {
        List<Element> headings = new ArrayList<>();
        for (DataTable.Column column : table.columns()) {
            headings.add(numeric(Element.text("th", column.name()).with("scope", "col"), column));
        }
        List<Element> rows = new ArrayList<>();
        for (List<DataTable.Cell> cells : table.rows()) {
            rows.add(row(table.columns(), cells));
        }
        Element result =
                Element.of(
                        "table",
                        Element.text("caption", caption),
                        Element.of("thead", Element.of("tr", headings)),
                        Element.of("tbody", rows));
        return sortable ? result.with("class", "sortable") : result;
    }

    private static Element row(List<DataTable.Column> columns, List<DataTable.Cell> cells) {
        List<Markup> parts = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            DataTable.Cell cell = cells.get(i);
            Element part =
                    i == 0
                            ? Element.of("th", new Text(cell.text())).with("scope", "row")
                            : Element.of("td", new Text(cell.text()));
            Double value = cell.value();
            parts.add(
                    numeric(
                            value == null ? part : part.with("data-value", Double.toString(value)),
                            columns.get(i)));
        }
        return Element.of("tr", parts);
    }

    private static Element numeric(Element cell, DataTable.Column column) {
        return column.numeric() ? cell.with("class", "number") : cell;
    }
}
