package io.github.djlqat.report;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever numbers are legal can be drawn, in bounded time and size. */
@Timeout(60)
class HostileReportTest {

    private static final double[] EXTREMES = {
        0, Double.MIN_VALUE, 1e-300, 1e-150, 1e-7, 1, 1 + 1e-15, 99.99999999, 100, 1e17, 1e150
    };

    private static double number(Random random) {
        double magnitude =
                random.nextBoolean()
                        ? EXTREMES[random.nextInt(EXTREMES.length)]
                        : Math.pow(10, random.nextInt(300) - 150) * random.nextDouble();
        return random.nextBoolean() ? magnitude : -magnitude;
    }

    private static double size(Random random) {
        return Math.abs(number(random));
    }

    private static List<Double> increasing(Random random, int size) {
        return random.doubles(4L * size, -1, 1)
                .map(x -> x * size(random))
                .distinct()
                .sorted()
                .limit(size)
                .boxed()
                .toList();
    }

    private static String name(Random random) {
        return random.ints(1 + random.nextInt(40), 0, 0x11000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .append('x')
                .toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void anyLegalNumbersMakeAPage(long seed) throws Exception {
        Random random = new Random(seed);
        List<ResultRow> results = new ArrayList<>();
        List<LayerRow> layers = new ArrayList<>();
        List<TensorHistogram> histograms = new ArrayList<>();
        List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            double a = number(random);
            double b = number(random);
            Interval interval = new Interval(Math.min(a, b), Math.max(a, b));
            results.add(
                    new ResultRow(
                            name(random),
                            new Score("metric", "%", number(random), true, interval),
                            (long) Math.min(size(random), 1e18),
                            size(random)));
            layers.add(
                    new LayerRow(
                            name(random),
                            "op",
                            null,
                            null,
                            null,
                            number(random),
                            Map.of("a", number(random), "b", size(random)),
                            null,
                            null));
            List<Double> edges = increasing(random, 2 + random.nextInt(300));
            List<Long> counts =
                    random.longs(edges.size() - 1L, 0, Long.MAX_VALUE / 4096).boxed().toList();
            histograms.add(
                    new TensorHistogram(
                            name(random),
                            "layer",
                            TensorHistogram.Kind.ACTIVATION,
                            TensorHistogram.Unit.VALUE,
                            edges,
                            counts,
                            interval,
                            increasing(random, random.nextInt(300))));
            List<Curve.Point> points = new ArrayList<>();
            increasing(random, 1 + random.nextInt(1000))
                    .forEach(x -> points.add(new Curve.Point(x, number(random))));
            curves.add(new Curve(name(random), "loss", "step", points));
        }
        ReportData report =
                ReportData.builder(name(random))
                        .addResults(results)
                        .addLayers(layers)
                        .addHistograms(histograms)
                        .addCurves(curves)
                        .build();
        String page = HtmlReport.render(report);
        assertThat(page.split("NaN|Infinity", 2)).hasSize(1);
        HtmlReportTest.parse(page);
        assertThat(ReportJson.parse(ReportJson.print(report))).isEqualTo(report);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aGraphOfThousandsOfNodesIsDrawnByItsModulesOrNotAtAll(boolean modules) throws Exception {
        Random random = new Random(5);
        List<GraphNode> nodes = new ArrayList<>();
        List<GraphEdge> edges = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            String module = modules ? "module" + i / 40 : null;
            nodes.add(new GraphNode("n" + i, "node" + i, "op", module, null));
            for (int j = 0; j < 2 && i > 0; j++) {
                int from = Math.max(0, i - 1 - random.nextInt(60));
                edges.add(new GraphEdge("n" + from, "n" + i, j == 0 ? "int8" : null, null));
            }
        }
        ReportData report = ReportData.builder("t").optGraph(new ModelGraph(nodes, edges)).build();
        String page = HtmlReport.render(report);
        assertThat(page.length()).isLessThan(20_000_000);
        HtmlReportTest.parse(page);
        assertThat(page.contains("Module module99")).isEqualTo(modules);
    }

    @Test
    void manyLayersAreListedAndTheWorstAreDrawn() throws Exception {
        List<LayerRow> layers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            layers.add(
                    new LayerRow(
                            "layer" + i, "op", null, null, null, 40.0 + i, Map.of(), null, null));
        }
        ReportData report = ReportData.builder("t").addLayers(layers).build();
        String page = HtmlReport.render(report);
        HtmlReportTest.parse(page);
        assertThat(page).contains("120 of 3000 layers are drawn", ">layer2999<");
        assertThat(page).contains("layer119, output").doesNotContain("layer120, output");
    }
}
