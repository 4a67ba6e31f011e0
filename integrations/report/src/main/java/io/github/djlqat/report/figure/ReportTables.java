package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.report.data.TensorSummary;
import io.github.djlqat.report.figure.DataTable.Cell;
import io.github.djlqat.report.figure.DataTable.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The tables of a report that are no figure's. Columns that no row fills are left out. */
public final class ReportTables {

    private ReportTables() {}

    /**
     * Lists the variants, with how they differ from the first.
     *
     * @param report the data
     * @return the table
     */
    public static DataTable results(ReportData report) {
        List<ResultRow> rows = report.results();
        ResultRow first = rows.get(0);
        Score base = first.score();
        Builder<ResultRow> table = new Builder<>(rows);
        table.add(Column.text("Variant"), row -> Cell.of(row.name()));
        Set<String> metrics = new LinkedHashSet<>();
        rows.forEach(
                row -> {
                    if (row.score() != null) {
                        metrics.add(metric(row.score()));
                    }
                });
        for (String metric : metrics) {
            table.addIf(
                    row -> has(row, metric),
                    Column.number(TradeOff.capitalized(metric)),
                    row -> has(row, metric) ? score(row) : Cell.of(Numbers.NONE));
        }
        table.addIf(
                row -> row.score() != null && row.score().confidence() != null,
                Column.text("95 % interval"),
                row ->
                        row.score() == null
                                ? Cell.of(Numbers.NONE)
                                : TradeOff.interval(row.score()));
        if (base != null) {
            table.addIf(
                    row -> row != first && has(row, metric(base)),
                    Column.number("Difference"),
                    row ->
                            row == first || !has(row, metric(base))
                                    ? Cell.of(Numbers.NONE)
                                    : difference(row.score(), base));
        }
        table.addIf(
                row -> row.bytes() != null,
                Column.number("Size"),
                row ->
                        Numbers.cell(
                                row.bytes() == null ? null : (Double) (double) row.bytes(),
                                Numbers::bytes));
        table.addIf(
                row -> row != first && ratio(first.bytes(), row.bytes()) != null,
                Column.number("Smaller by"),
                row -> times(row == first ? null : ratio(first.bytes(), row.bytes())));
        table.addIf(
                row -> row.latency() != null,
                Column.number("Latency"),
                row -> Numbers.cell(row.latency(), Numbers::milliseconds));
        table.addIf(
                row -> row != first && ratio(first.latency(), row.latency()) != null,
                Column.number("Faster by"),
                row -> times(row == first ? null : ratio(first.latency(), row.latency())));
        return table.build();
    }

    private static String metric(Score score) {
        return score.unit().isEmpty() ? score.metric() : score.metric() + ", " + score.unit();
    }

    private static boolean has(ResultRow row, String metric) {
        return row.score() != null && metric(row.score()).equals(metric);
    }

    private static Cell score(ResultRow row) {
        Score score = row.score();
        return score == null ? Cell.of(Numbers.NONE) : TradeOff.scoreCell(score);
    }

    private static Cell difference(@Nullable Score score, Score base) {
        if (score == null) {
            return Cell.of(Numbers.NONE);
        }
        double value = score.value() - base.value();
        String text =
                score.unit().equals("%") ? Numbers.fixed(value, 2) : Numbers.significant(value);
        return new Cell(value > 0 ? "+" + text : text, value);
    }

    private static @Nullable Double ratio(@Nullable Number base, @Nullable Number other) {
        if (base == null || other == null) {
            return null;
        }
        double ratio = base.doubleValue() / other.doubleValue();
        return Double.isFinite(ratio) ? (Double) ratio : null;
    }

    private static Cell times(@Nullable Double ratio) {
        return Numbers.cell(ratio, value -> Numbers.fixed(value, 2) + "\u00A0\u00D7");
    }

    /**
     * Lists the layers with all that is known of them.
     *
     * @param report the data
     * @return the table
     */
    public static DataTable layers(ReportData report) {
        Builder<LayerRow> table = new Builder<>(report.layers());
        table.add(Column.text("Layer"), row -> Cell.of(row.name()));
        table.add(Column.text("Op"), row -> Cell.of(row.op()));
        addTensor(table, "Weight", LayerRow::weight);
        addTensor(table, "Input", LayerRow::input);
        table.addIf(
                row -> row.output() != null,
                Column.text("Output"),
                row -> Cell.optional(row.output()));
        table.addIf(
                row -> row.sqnr() != null,
                Column.number("Output SQNR, dB"),
                row -> Numbers.cell(row.sqnr(), Numbers::decibels));
        Set<String> measures = new LinkedHashSet<>();
        report.layers().forEach(layer -> measures.addAll(layer.sensitivity().keySet()));
        for (String measure : measures) {
            table.add(
                    Column.number(measure),
                    row -> Numbers.cell(row.sensitivity().get(measure), Numbers::significant));
        }
        table.addIf(
                row -> row.parameters() != null,
                Column.number("Parameters"),
                row -> Numbers.cell(row.parameters()));
        table.addIf(
                row -> row.bytes() != null,
                Column.number("Size"),
                row ->
                        Numbers.cell(
                                row.bytes() == null ? null : (Double) (double) row.bytes(),
                                Numbers::bytes));
        return table.build();
    }

    private static void addTensor(
            Builder<LayerRow> table,
            String name,
            Function<LayerRow, @Nullable TensorSummary> tensor) {
        table.addIf(
                row -> tensor.apply(row) != null,
                Column.text(name),
                row -> {
                    TensorSummary summary = tensor.apply(row);
                    return Cell.optional(summary == null ? null : format(summary));
                });
        table.addIf(
                row -> part(tensor.apply(row), TensorSummary::smallestScale) != null,
                Column.number(name + " scale"),
                row -> scales(tensor.apply(row)));
        table.addIf(
                row -> zeroPoints(tensor.apply(row)) != null,
                Column.number(name + " zero point"),
                row -> Cell.optional(zeroPoints(tensor.apply(row))));
        table.addIf(
                row -> part(tensor.apply(row), TensorSummary::clipRatio) != null,
                Column.number(name + " clipped"),
                row ->
                        Numbers.cell(
                                part(tensor.apply(row), TensorSummary::clipRatio),
                                value -> Numbers.fixed(100 * value, 2) + "\u00A0%"));
        table.addIf(
                row -> part(tensor.apply(row), TensorSummary::sqnr) != null,
                Column.number(name + " SQNR, dB"),
                row ->
                        Numbers.cell(
                                part(tensor.apply(row), TensorSummary::sqnr), Numbers::decibels));
    }

    private static String format(TensorSummary summary) {
        return summary.granularity() == null
                ? summary.format()
                : summary.format() + " " + summary.granularity();
    }

    private static @Nullable Double part(
            @Nullable TensorSummary summary, Function<TensorSummary, @Nullable Double> part) {
        return summary == null ? null : part.apply(summary);
    }

    private static Cell scales(@Nullable TensorSummary summary) {
        Double low = part(summary, TensorSummary::smallestScale);
        Double high = part(summary, TensorSummary::largestScale);
        if (low == null) {
            return Cell.of(Numbers.NONE);
        }
        String text = Numbers.significant(low);
        return new Cell(
                high == null || high.equals(low) ? text : text + " to " + Numbers.significant(high),
                low);
    }

    private static @Nullable String zeroPoints(@Nullable TensorSummary summary) {
        if (summary == null || summary.smallestZeroPoint() == null) {
            return null;
        }
        Integer low = summary.smallestZeroPoint();
        Integer high = summary.largestZeroPoint();
        if (low == 0 && (high == null || high == 0)) {
            return null;
        }
        return high == null || high.equals(low) ? low.toString() : low + " to " + high;
    }

    /** Collects columns. */
    private static final class Builder<T> {

        private final List<T> items;
        private final List<Column> columns = new ArrayList<>();
        private final List<List<Cell>> rows = new ArrayList<>();

        Builder(List<T> items) {
            this.items = items;
            items.forEach(item -> rows.add(new ArrayList<>()));
        }

        void add(Column column, Function<T, Cell> cell) {
            columns.add(column);
            for (int i = 0; i < items.size(); i++) {
                rows.get(i).add(cell.apply(items.get(i)));
            }
        }

        void addIf(Predicate<T> filled, Column column, Function<T, Cell> cell) {
            if (items.stream().anyMatch(filled)) {
                add(column, cell);
            }
        }

        DataTable build() {
            return new DataTable(columns, rows);
        }
    }
}
