package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.ReportData;
import java.util.ArrayList;
import java.util.List;

/** All figures that a report's data gives. */
public final class ReportFigures {

    private ReportFigures() {}

    /**
     * Draws what the variants reach against what they cost: one figure for the size and one for the
     * latency, where known.
     *
     * @param report the data
     * @return the figures
     */
    public static List<Figure> tradeOffs(ReportData report) {
        List<Figure> figures = new ArrayList<>();
        for (TradeOff.Cost cost : TradeOff.Cost.values()) {
            TradeOff.of(report.results(), cost).ifPresent(figures::add);
        }
        return figures;
    }

    /**
     * Draws all figures.
     *
     * @param report the data
     * @return the figures, in the order of the report
     */
    public static List<Figure> all(ReportData report) {
        return new ArrayList<>(tradeOffs(report));
    }
}
