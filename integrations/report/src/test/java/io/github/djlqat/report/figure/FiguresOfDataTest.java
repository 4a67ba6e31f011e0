package io.github.djlqat.report.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.Interval;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresOfDataTest {

    private static <T extends Mark> List<T> marks(List<Mark> marks, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Mark mark : marks) {
            if (type.isInstance(mark)) {
                found.add(type.cast(mark));
            }
            if (mark instanceof Mark.Group group) {
                found.addAll(marks(group.marks(), type));
            }
        }
        return found;
    }

    @Test
    void barsStandOverTheirBinsAsHighAsTheirCounts() {
        TensorHistogram tensor =
                new TensorHistogram(
                        "w",
                        "layer",
                        TensorHistogram.Kind.WEIGHT,
                        TensorHistogram.Unit.VALUE,
                        List.of(0.0, 1.0, 2.0, 4.0),
                        List.of(1L, 0L, 100L),
                        new Interval(1, 3),
                        List.of(1.0, 2.0, 3.0));
        ReportData report = ReportData.builder("t").addHistograms(List.of(tensor)).build();
        Figure figure = ReportFigures.histograms(report).get(0);
        List<Mark.Box> bars =
                marks(figure.drawing().marks(), Mark.Box.class).stream()
                        .filter(box -> box.style().fill() == Ink.SERIES_1)
                        .toList();
        assertThat(bars).hasSize(2);
        // The last bin is twice as wide as the first, less the gap that both have.
        assertThat(bars.get(1).width() + 0.5)
                .isCloseTo(2 * (bars.get(0).width() + 0.5), within(1e-9));
        // 1 is at the foot of the logarithmic axis, where a bar of 2 is left to be seen.
        assertThat(bars.get(0).height()).isEqualTo(2);
        assertThat(bars.get(1).height()).isCloseTo(Histograms.HEIGHT - 72, within(1e-9));
        double unit = (bars.get(1).x() - bars.get(0).x()) / 2;
        List<Double> levels =
                marks(figure.drawing().marks(), Mark.Polyline.class).stream()
                        .filter(line -> line.style().stroke() == Ink.SERIES_2)
                        .filter(line -> line.style().dash().isEmpty())
                        .map(line -> line.points().get(0).x())
                        .toList();
        assertThat(levels).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(levels.get(i)).isCloseTo(bars.get(0).x() + unit * (i + 1), within(1e-9));
        }
        List<Double> limits =
                marks(figure.drawing().marks(), Mark.Polyline.class).stream()
                        .filter(line -> !line.style().dash().isEmpty())
                        .map(line -> line.points().get(0).x())
                        .toList();
        assertThat(limits).containsExactly(levels.get(0), levels.get(2));
        assertThat(figure.table().rows().get(2))
                .extracting(DataTable.Cell::value)
                .containsExactly(2.0, 4.0, 100.0);
    }

    @Test
    void theFrontHoldsWhatNoneBeats() {
        ReportData report =
                ReportData.builder("t")
                        .addResults(
                                List.of(
                                        row("fp32", 99, 400),
                                        row("int8", 98, 100),
                                        row("worse", 97, 200),
                                        row("int4", 90, 50),
                                        row("same", 90, 50),
                                        row("larger", 90, 60)))
                        .build();
        Figure figure = ReportFigures.tradeOffs(report).get(0);
        assertThat(figure.name()).isEqualTo("trade-off-size");
        assertThat(figure.table().rows())
                .extracting(row -> row.get(0).text() + " " + row.get(4).text())
                .containsExactly(
                        "fp32 yes", "int8 yes", "worse no", "int4 yes", "same yes", "larger no");
        assertThat(figure.drawing().description()).endsWith("beats int4, same, int8, fp32.");
    }

    private static ResultRow row(String name, double accuracy, long bytes) {
        return new ResultRow(name, new Score("accuracy", "%", accuracy, true, null), bytes, null);
    }

    @Test
    void aPerplexityIsBetterWhereItIsLower() {
        ReportData report =
                ReportData.builder("t")
                        .addResults(
                                List.of(
                                        new ResultRow(
                                                "a",
                                                new Score("ppl", "", 5, false, null),
                                                10L,
                                                null),
                                        new ResultRow(
                                                "b",
                                                new Score("ppl", "", 6, false, null),
                                                20L,
                                                null)))
                        .build();
        assertThat(ReportFigures.tradeOffs(report).get(0).table().rows())
                .extracting(row -> row.get(4).text())
                .containsExactly("yes", "no");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 400, 401, 5000, 100_000})
    void thinnedCurvesKeepTheirEndsAndExtremes(int size) {
        Random random = new Random(size);
        List<Curve.Point> points =
                IntStream.range(0, size)
                        .mapToObj(i -> new Curve.Point(i, random.nextGaussian()))
                        .toList();
        List<Curve.Point> kept = Curves.thinned(points);
        assertThat(kept).hasSizeLessThanOrEqualTo(Math.max(402, 2)).isSubsetOf(points);
        assertThat(kept.get(0)).isEqualTo(points.get(0));
        assertThat(kept.get(kept.size() - 1)).isEqualTo(points.get(size - 1));
        assertThat(kept.stream().mapToDouble(Curve.Point::y).max())
                .isEqualTo(points.stream().mapToDouble(Curve.Point::y).max());
        assertThat(kept.stream().mapToDouble(Curve.Point::y).min())
                .isEqualTo(points.stream().mapToDouble(Curve.Point::y).min());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void nodesLieBelowWhatLeadsToThemAndApartFromEachOther(long seed) {
        Random random = new Random(seed);
        int count = 5 + random.nextInt(60);
        double[] widths = new double[count];
        List<int[]> edges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            widths[i] = 40 + random.nextInt(100);
            for (int j = 0; j < 2 && i > 0; j++) {
                edges.add(new int[] {random.nextInt(i), i});
            }
        }
        LayeredLayout layout = new LayeredLayout(widths, edges, 10);
        for (int[] edge : edges) {
            assertThat(layout.row(edge[0])).isLessThan(layout.row(edge[1]));
        }
        for (int i = 0; i < count; i++) {
            assertThat(layout.x(i) - widths[i] / 2).isGreaterThanOrEqualTo(-1e-9);
            assertThat(layout.x(i) + widths[i] / 2).isLessThanOrEqualTo(layout.width() + 1e-9);
            for (int j = 0; j < i; j++) {
                if (layout.row(i) == layout.row(j)) {
                    assertThat(Math.abs(layout.x(i) - layout.x(j)))
                            .isGreaterThanOrEqualTo((widths[i] + widths[j]) / 2 + 10 - 1e-9);
                }
            }
        }
    }

    @Test
    void edgesThatNeedNotCrossDoNot() {
        // Two rows of four, joined in reverse order.
        List<int[]> edges = new ArrayList<>();
        double[] widths = new double[9];
        for (int i = 0; i < 4; i++) {
            edges.add(new int[] {0, 1 + i});
            edges.add(new int[] {1 + i, 8 - i});
        }
        assertThat(new LayeredLayout(widths, edges, 10).crossings()).isZero();
    }
}
