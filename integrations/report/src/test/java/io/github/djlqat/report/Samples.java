package io.github.djlqat.report;

import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.GraphEdge;
import io.github.djlqat.report.data.GraphNode;
import io.github.djlqat.report.data.Interval;
import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.ModelGraph;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.report.data.TensorSummary;
import java.util.List;
import java.util.Map;

/** Reports small enough to compute by hand. */
final class Samples {

    private Samples() {}

    static ReportData full() {
        return named("conv1");
    }

    /** A report in which every text is a name. */
    static ReportData named(String name) {
        TensorSummary weight =
                new TensorSummary("int4", "per channel", 16L, 0.01, 0.02, 0, 0, 0.001, 20.5);
        TensorSummary input =
                new TensorSummary("uint4", "per tensor", 1L, 0.1, 0.1, 3, 3, 0.02, null);
        return ReportData.builder(name)
                .optModel(name)
                .optRecipe(name + "\nweights: int4\n")
                .addResults(
                        List.of(
                                new ResultRow(name, Score.accuracy(990, 1000), 43_000L, 2.0),
                                new ResultRow("w4a4", Score.accuracy(950, 1000), 14_000L, 1.5),
                                new ResultRow("bad", Score.accuracy(900, 1000), 20_000L, 3.0),
                                new ResultRow("unknown", null, null, null)))
                .addLayers(
                        List.of(
                                new LayerRow(
                                        name,
                                        "convolution",
                                        weight,
                                        input,
                                        "uint4",
                                        18.25,
                                        Map.of("KL", 0.5, name, 3.0),
                                        160L,
                                        96L),
                                new LayerRow(
                                        "linear", "linear", null, null, null, null, Map.of(), 330L,
                                        1320L)))
                .addHistograms(
                        List.of(
                                new TensorHistogram(
                                        name,
                                        name,
                                        TensorHistogram.Kind.WEIGHT,
                                        TensorHistogram.Unit.VALUE,
                                        List.of(-2.0, -1.0, 0.0, 1.0, 2.0),
                                        List.of(1L, 10L, 100L, 0L),
                                        new Interval(-1.5, 1.5),
                                        List.of(-1.5, -0.5, 0.5, 1.5))))
                .optGraph(
                        new ModelGraph(
                                List.of(
                                        new GraphNode("in", name, "input", null, null),
                                        new GraphNode("a", name, "convolution", name, "int4"),
                                        new GraphNode("b", "relu", "relu", name, null),
                                        new GraphNode("c", "add", "add", name, null),
                                        new GraphNode("out", "out", "output", null, null)),
                                List.of(
                                        new GraphEdge("in", "a", "uint4", "(1, 1, 8, 8)"),
                                        new GraphEdge("a", "b", null, null),
                                        new GraphEdge("b", "c", name, null),
                                        new GraphEdge("a", "c", null, null),
                                        new GraphEdge("c", "out", null, null))))
                .addCurves(
                        List.of(
                                new Curve(
                                        name,
                                        "loss",
                                        "epoch",
                                        List.of(
                                                new Curve.Point(1, 2),
                                                new Curve.Point(2, 1),
                                                new Curve.Point(3, 0.5))),
                                new Curve(
                                        "qat",
                                        "loss",
                                        "epoch",
                                        List.of(new Curve.Point(1, 1.5), new Curve.Point(3, 0.7)))))
                .addEnvironment("Java", "17")
                .addEnvironment(name, name)
                .addNotes(List.of(name))
                .build();
    }
}
