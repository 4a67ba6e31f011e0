package io.github.djlqat.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.report.data.GraphEdge;
import io.github.djlqat.report.data.GraphNode;
import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.report.data.TensorSummary;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportCollectorTest {

    private static final Shape INPUT = new Shape(1, 6);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private Block network() {
        Block network =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(8).build())
                        .add(Activation.reluBlock())
                        .add(Linear.builder().setUnits(3).build());
        network.initialize(manager, DataType.FLOAT32, INPUT);
        Random random = new Random(3);
        for (Pair<String, Parameter> pair : network.getParameters()) {
            float[] values = new float[(int) pair.getValue().getShape().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.4f;
            }
            pair.getValue().getArray().set(values);
        }
        return network;
    }

    private NDArray batch(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[6 * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(size, 6));
    }

    private QuantizedBlock prepared(String preset) {
        QuantizedBlock block =
                Quantization.prepare(network(), manager, Presets.named(preset), INPUT);
        Quantization.calibrate(block, manager, List.of(new NDList(batch(1, 4))));
        return block;
    }

    private ReportData collect(QuantizedBlock block, NDArray... batches) {
        ReportCollector collector = new ReportCollector(block, manager);
        for (NDArray batch : batches) {
            collector.observe(new NDList(batch));
        }
        return collector.addTo(ReportData.builder("report")).build();
    }

    @Test
    void theRatioOfAWeightIsThatOfTheQuantizerAndOfAScalarTwin() {
        QuantizedBlock block = prepared("w4a4");
        ReportData report = collect(block, batch(2, 4));
        for (LayerRow layer : report.layers()) {
            TensorSummary weight = layer.weight();
            String quantizer = layer.name() + "_weight";
            assertThat(weight.sqnr())
                    .isCloseTo(
                            block.getWeightStatistics(quantizer).orElseThrow().sqnr(),
                            within(1e-9));
            assertThat(weight.clipRatio())
                    .isEqualTo(block.getWeightStatistics(quantizer).orElseThrow().clipRatio());
        }
    }

    @Test
    void theRatioOfALayerIsThatOfAScalarTwin() {
        Block linear = network().getChildren().valueAt(0);
        QuantizedBlock block = Quantization.prepare(linear, manager, Presets.named("int8"), INPUT);
        Quantization.calibrate(block, manager, List.of(new NDList(batch(1, 4))));
        NDArray batch = batch(2, 16);
        LayerRow first = collect(block, batch).layers().get(0);
        float[] x = batch.toFloatArray();
        var quantizers = block.getQuantizers();
        float[] w = block.getBlock().getParameters().get("weight").getArray().toFloatArray();
        float[] b = block.getBlock().getParameters().get("bias").getArray().toFloatArray();
        var weight = quantizers.get("weight").getQuantizationParameters();
        var input = quantizers.get("input0").getQuantizationParameters();
        double signal = 0;
        double noise = 0;
        for (int row = 0; row < 16; row++) {
            for (int unit = 0; unit < 8; unit++) {
                double exact = b[unit];
                double rounded = b[unit];
                for (int i = 0; i < 6; i++) {
                    exact += (double) x[6 * row + i] * w[6 * unit + i];
                    rounded +=
                            fakeQuantized(
                                            x[6 * row + i],
                                            input.scales()[0],
                                            input.zeroPoints()[0],
                                            0,
                                            255)
                                    * fakeQuantized(
                                            w[6 * unit + i], weight.scales()[unit], 0, -127, 127);
                }
                signal += exact * exact;
                noise += (exact - rounded) * (exact - rounded);
            }
        }
        assertThat(first.sqnr()).isCloseTo(10 * Math.log10(signal / noise), within(1e-3));
    }

    private static double fakeQuantized(double x, double scale, int zero, int low, int high) {
        double code = Math.min(Math.max(Math.rint(x / scale) + zero, low), high);
        return (code - zero) * scale;
    }

    @Test
    void histogramsCountEveryValueOfEveryBatchAndTheShareThatIsClipped() {
        QuantizedBlock block = prepared("int8");
        NDArray one = batch(2, 16);
        NDArray two = batch(3, 24);
        ReportData report = collect(block, one, two);
        TensorHistogram input = report.histograms().get(0);
        assertThat(input.kind()).isEqualTo(TensorHistogram.Kind.ACTIVATION);
        assertThat(input.total()).isEqualTo(6 * 40);
        int outside = 0;
        long[] counts = new long[input.counts().size()];
        for (NDArray batch : List.of(one, two)) {
            for (float value : batch.toFloatArray()) {
                double step =
                        (input.clipping().high() - input.clipping().low())
                                / (input.levels().size() - 1);
                boolean clipped =
                        value < input.clipping().low() - step / 2
                                || value > input.clipping().high() + step / 2;
                outside += clipped ? 1 : 0;
                for (int i = 0; i < counts.length; i++) {
                    boolean in = value >= input.edges().get(i) && value < input.edges().get(i + 1);
                    counts[i] += in ? 1 : 0;
                }
            }
        }
        assertThat(outside).isPositive();
        assertThat(report.layers().get(0).input().clipRatio()).isEqualTo(outside / 240.0);
        for (int i = 0; i < counts.length; i++) {
            assertThat(input.counts().get(i)).isEqualTo(counts[i]);
        }
        assertThat(input.levels()).hasSize(256);
    }

    @Test
    void aWeightWithAScaleForEachChannelIsCountedInCodes() {
        ReportData report = collect(prepared("w4a4"), batch(2, 4));
        TensorHistogram weight =
                report.histograms().stream()
                        .filter(h -> h.kind() == TensorHistogram.Kind.WEIGHT)
                        .filter(h -> h.levels().size() < 20)
                        .findFirst()
                        .orElse(report.histograms().get(1));
        assertThat(weight.unit()).isEqualTo(TensorHistogram.Unit.CODE);
        assertThat(weight.levels()).allMatch(level -> level == Math.rint(level));
        assertThat(weight.clipping().high())
                .isEqualTo(weight.levels().get(weight.levels().size() - 1));
    }

    @Test
    void theGraphHasTheFormatsOnItsEdges() {
        ReportData report = collect(prepared("int8"), batch(2, 4));
        List<GraphNode> nodes = report.graph().nodes();
        assertThat(nodes)
                .extracting(GraphNode::op)
                .startsWith("input", "linear")
                .endsWith("output");
        assertThat(nodes).filteredOn(n -> "int8".equals(n.weightFormat())).hasSize(2);
        for (GraphEdge edge : report.graph().edges()) {
            GraphNode to =
                    nodes.stream().filter(n -> n.id().equals(edge.to())).findFirst().orElseThrow();
            assertThat(edge.format()).isEqualTo(to.op().equals("linear") ? "uint8" : null);
        }
    }

    @Test
    void sizesAreThoseOfPackedCodesScalesAndBiases() {
        LayerRow first = collect(prepared("int8"), batch(2, 4)).layers().get(0);
        assertThat(first.parameters()).isEqualTo(6 * 8 + 8);
        assertThat(first.bytes()).isEqualTo(6 * 8 + 8 * 4 + 8 * 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "w2a2", "int4-weight-only", "fp8-e4m3", "mxfp4", "bf16"})
    void everyKindOfFormatIsCollectedAndPrinted(String preset) throws Exception {
        ReportData report = collect(prepared(preset), batch(2, 4));
        assertThat(report.layers()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(report.layers()).allMatch(layer -> layer.weight() != null);
        assertThat(ReportJson.parse(ReportJson.print(report))).isEqualTo(report);
        HtmlReportTest.parse(HtmlReport.render(report));
    }

    @Test
    void manyBatchesLeaveNothingBehind() {
        QuantizedBlock block = prepared("w4a4");
        NDArray batch = batch(2, 4);
        ReportCollector collector = new ReportCollector(block, manager);
        collector.observe(new NDList(batch));
        int arrays = manager.getManagedArrays().size();
        for (int i = 0; i < 30; i++) {
            collector.observe(new NDList(batch));
        }
        collector.addTo(ReportData.builder("report"));
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    @Test
    void anInterruptEndsTheCollection() {
        ReportCollector collector = new ReportCollector(prepared("int8"), manager);
        NDArray batch = batch(2, 4);
        int arrays = manager.getManagedArrays().size();
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> collector.observe(new NDList(batch)))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    @Test
    void aValueThatIsNotFiniteIsNamed() {
        ReportCollector collector = new ReportCollector(prepared("int8"), manager);
        NDArray batch = manager.full(new Shape(2, 6), Float.NaN);
        assertThatThrownBy(() -> collector.observe(new NDList(batch)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor");
    }

    @Test
    void aReportWithoutABatchIsRefused() {
        ReportCollector collector = new ReportCollector(prepared("int8"), manager);
        assertThatThrownBy(() -> collector.addTo(ReportData.builder("report")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No batch");
    }
}
