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
     * Draws the sensitivity of the layers, a figure for each measure.
     *
     * @param report the data
     * @return the figures
     */
    public static List<Figure> sensitivity(ReportData report) {
        return LayerFigures.sensitivity(report.layers());
    }

    /**
     * Draws the signal-to-quantization-noise ratios of the layers, where any is known.
     *
     * @param report the data
     * @return one figure or none
     */
    public static List<Figure> sqnr(ReportData report) {
        return LayerFigures.sqnr(report.layers()).stream().toList();
    }

    /**
     * Draws the distributions of the tensors, a figure for each.
     *
     * @param report the data
     * @return the figures, in the order of the data
     */
    public static List<Figure> histograms(ReportData report) {
        return Histograms.of(report.histograms());
    }

    /**
     * Draws the graph, and each of its modules.
     *
     * @param report the data
     * @return the figures, the whole graph first
     */
    public static List<Figure> graph(ReportData report) {
        return Graphs.of(report.graph());
    }

    /**
     * Draws the training curves, a figure for each quantity.
     *
     * @param report the data
     * @return the figures
     */
    public static List<Figure> curves(ReportData report) {
        return Curves.of(report.curves());
    }

    /**
     * Draws all figures.
     *
     * @param report the data
     * @return the figures, in the order of the report
     */
    public static List<Figure> all(ReportData report) {
        List<Figure> figures = new ArrayList<>(tradeOffs(report));
        figures.addAll(sensitivity(report));
        figures.addAll(sqnr(report));
        figures.addAll(histograms(report));
        figures.addAll(graph(report));
        figures.addAll(curves(report));
        return figures;
    }
}
