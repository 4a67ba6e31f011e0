package io.github.djlqat.onnx;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static io.github.djlqat.exportcases.RandomArrays.indices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of several dynamic sizes, traced with one of them changed at a time. */
class SeveralAxesTest {

    @TempDir Path folder;
    private NDManager manager;

    /** Makes the inputs of a model for its sizes. */
    @FunctionalInterface
    interface Inputs {
        NDList create(NDManager manager, long... sizes);
    }

    @BeforeEach
    void open() {
        Engine.getInstance().setRandomSeed(5);
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** The traces at the sizes, and with each of them one to three larger. */
    private static List<Graph> traces(
            NDManager manager, Inputs inputs, Function<NDList, Graph> trace, long... sizes) {
        List<Graph> traces = new ArrayList<>();
        traces.add(trace.apply(inputs.create(manager, sizes)));
        for (int k = 0; k < sizes.length; k++) {
            long[] other = sizes.clone();
            other[k] += k + 1;
            traces.add(trace.apply(inputs.create(manager, other)));
        }
        return traces;
    }

    private Path check(
            Block block, OnnxExporter exporter, Inputs inputs, List<Graph> traces, long[]... sizes)
            throws IOException {
        Path file = folder.resolve("model.onnx");
        exporter.export(traces, file);
        ParameterStore store = new ParameterStore(manager, false);
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            for (long[] size : sizes) {
                NDList expected = block.forward(store, inputs.create(manager, size), false);
                NDList actual = verifier.run(manager, inputs.create(manager, size));
                assertThat(actual).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    NDArray reference = expected.get(i);
                    assertThat(actual.get(i).getShape()).isEqualTo(reference.getShape());
                    float range = reference.max().sub(reference.min()).getFloat();
                    assertThat(actual.get(i).sub(reference).abs().max().getFloat())
                            .as("sizes %s", size)
                            .isLessThanOrEqualTo(1e-4f * range);
                }
            }
        }
        return file;
    }

    private static List<String> dimensions(ValueInfoProto tensor) {
        return tensor.getType().getTensorType().getShape().getDimList().stream()
                .map(SeveralAxesTest::name)
                .toList();
    }

    private static String name(Dimension dimension) {
        return dimension.getDimParam().isEmpty()
                ? String.valueOf(dimension.getDimValue())
                : dimension.getDimParam();
    }

    /** An encoder as BERT's: words, positions and types, two layers, and a pooled output. */
    private static final class Encoder extends AbstractBlock {
        private static final int WIDTH = 8;
        private static final int LONGEST = 16;

        private final Parameter words = table("words", 11);
        private final Parameter positions = table("positions", LONGEST);
        private final Parameter types = table("types", 2);
        private final Block first =
                addChildBlock("first", new TransformerEncoderBlock(WIDTH, 2, 12, 0, x -> x));
        private final Block attention =
                addChildBlock(
                        "attention",
                        ScaledDotProductAttentionBlock.builder()
                                .setEmbeddingSize(WIDTH)
                                .setHeadCount(2)
                                .optAttentionProbsDropoutProb(0)
                                .build());
        private final Block pooler =
                addChildBlock("pooler", Linear.builder().setUnits(WIDTH).build());

        private Parameter table(String name, int rows) {
            return addParameter(
                    Parameter.builder()
                            .setName(name)
                            .setType(Parameter.Type.WEIGHT)
                            .optShape(new Shape(rows, WIDTH))
                            .build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray ids = inputs.get(0);
            long length = ids.getShape().get(1);
            NDArray x =
                    row(store, words, ids)
                            .add(row(store, types, inputs.get(1)))
                            .add(
                                    store.getValue(positions, ids.getDevice(), training)
                                            .get("0:{}", length));
            x = first.forward(store, new NDList(x), training).get(0);
            NDArray mask = inputs.get(2);
            NDArray seen = mask.reshape(mask.getShape().get(0), 1, 1, length);
            NDArray hidden =
                    seen.sub(1).mul(1e4f).broadcast(mask.getShape().get(0), 1, length, length);
            x = attention.forward(store, new NDList(x, x, x, hidden), training).get(0);
            NDArray pooled = pooler.forward(store, new NDList(x.get(":, 0")), training).get(0);
            return new NDList(x, pooled.tanh());
        }

        private static NDArray row(ParameterStore store, Parameter table, NDArray ids) {
            NDArray rows = store.getValue(table, ids.getDevice(), false);
            return rows.get(ids.flatten())
                    .reshape(ids.getShape().get(0), ids.getShape().get(1), WIDTH);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            Shape x = new Shape(shapes[0].get(0), shapes[0].get(1), WIDTH);
            first.initialize(manager, type, x);
            attention.initialize(manager, type, x, x, x);
            pooler.initialize(manager, type, new Shape(shapes[0].get(0), WIDTH));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    private static NDList sentences(NDManager manager, long... sizes) {
        NDArray mask = manager.ones(new Shape(sizes));
        if (sizes[0] > 1) {
            mask.set(new ai.djl.ndarray.index.NDIndex("1, {}:", sizes[1] - 1), 0);
        }
        return new NDList(indices(manager, 11, sizes), indices(manager, 2, sizes), mask);
    }

    @Test
    void anEncoderTakesAnyBatchAndLength() throws Exception {
        Block block = new Encoder();
        Inputs inputs = SeveralAxesTest::sentences;
        block.initialize(manager, DataType.FLOAT32, inputs.create(manager, 2, 5).getShapes());
        OnnxExporter exporter =
                OnnxExporter.builder()
                        .optDynamicAxis("batch", 0, 0)
                        .optDynamicAxis("sequence", 0, 1)
                        .optInputNames("ids", "types", "mask")
                        .optOutputNames("states", "pooled")
                        .build();
        List<Graph> traces =
                traces(manager, inputs, batch -> GraphTracer.trace(block, manager, batch), 2, 5);
        Path file =
                check(
                        block,
                        exporter,
                        inputs,
                        traces,
                        new long[] {2, 5},
                        new long[] {1, 5},
                        new long[] {3, 9},
                        new long[] {7, 2},
                        new long[] {1, 1},
                        new long[] {2, 16});
        var graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
        assertThat(graph.getInputList())
                .extracting(SeveralAxesTest::dimensions)
                .containsExactly(
                        List.of("batch", "sequence"),
                        List.of("batch", "sequence"),
                        List.of("batch", "sequence"));
        assertThat(graph.getOutputList())
                .extracting(SeveralAxesTest::dimensions)
                .containsExactly(List.of("batch", "sequence", "8"), List.of("batch", "8"));
    }

    /** Attends from one sequence to another. */
    private static Block translator() {
        return ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(8)
                .setHeadCount(2)
                .optAttentionProbsDropoutProb(0)
                .build();
    }

    private static NDList pairs(NDManager manager, long... sizes) {
        NDArray source = gaussians(manager, sizes[0], sizes[1], 8).singletonOrThrow();
        NDArray target = gaussians(manager, sizes[0], sizes[2], 8).singletonOrThrow();
        return new NDList(source, target, source);
    }

    @Test
    void twoSequencesHaveLengthsOfTheirOwn() throws Exception {
        Block block = translator();
        block.initialize(manager, DataType.FLOAT32, pairs(manager, 2, 5, 7).getShapes());
        OnnxExporter exporter =
                OnnxExporter.builder()
                        .optDynamicAxis("batch", 0, 0)
                        .optDynamicAxis("source", 0, 1)
                        .optDynamicAxis("target", 1, 1)
                        .build();
        Path file =
                check(
                        block,
                        exporter,
                        SeveralAxesTest::pairs,
                        traces(
                                manager,
                                SeveralAxesTest::pairs,
                                batch -> GraphTracer.trace(block, manager, batch),
                                2,
                                5,
                                7),
                        new long[] {2, 5, 7},
                        new long[] {3, 2, 9},
                        new long[] {1, 8, 1},
                        new long[] {4, 4, 4});
        var graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
        assertThat(dimensions(graph.getOutput(0))).containsExactly("batch", "target", "8");
    }

    /** A network of convolutions that marks the parts of an image of any size. */
    private static final class Segmentation extends AbstractBlock {
        private final Block stem = addChildBlock("stem", convolution(6, 3, 2));
        private final Block norm = addChildBlock("norm", BatchNorm.builder().build());
        private final Block middle = addChildBlock("middle", convolution(6, 3, 1));
        private final Block gate = addChildBlock("gate", convolution(6, 1, 1));
        private final Block head = addChildBlock("head", convolution(4, 1, 1));

        private static Block convolution(int filters, int kernel, int stride) {
            return Conv2d.builder()
                    .setKernelShape(new Shape(kernel, kernel))
                    .optPadding(new Shape(kernel / 2, kernel / 2))
                    .optStride(new Shape(stride, stride))
                    .setFilters(filters)
                    .build();
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x =
                    run(
                            norm,
                            store,
                            run(stem, store, inputs.singletonOrThrow(), training),
                            training);
            x = Activation.relu(x);
            x = Pool.maxPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false);
            x = Activation.relu(run(middle, store, x, training).add(x));
            NDArray averages = Pool.globalAvgPool2d(x).reshape(x.getShape().get(0), 6, 1, 1);
            NDArray weights = run(gate, store, averages, training);
            NDArray gated = x.mul(Activation.sigmoid(weights));
            NDArray marks = run(head, store, gated, training);
            Shape small = marks.getShape();
            NDArray flat = marks.reshape(small.get(0), 4, small.get(2) * small.get(3));
            NDArray parts = flat.softmax(1).transpose(0, 2, 1);
            return new NDList(marks, parts, flat.max(new int[] {2}));
        }

        private static NDArray run(Block block, ParameterStore store, NDArray x, boolean training) {
            return block.forward(store, new NDList(x), training).singletonOrThrow();
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            stem.initialize(manager, type, shapes[0]);
            Shape wide = new Shape(shapes[0].get(0), 6, 8, 8);
            for (Block block : List.of(norm, middle, gate, head)) {
                block.initialize(manager, type, wide);
            }
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    private static NDList images(NDManager manager, long... sizes) {
        return gaussians(manager, sizes[0], 3, sizes[1], sizes[2]);
    }

    private static OnnxExporter imageExporter() {
        return OnnxExporter.builder()
                .optDynamicAxis("batch", 0, 0)
                .optDynamicAxis("height", 0, 2)
                .optDynamicAxis("width", 0, 3)
                .build();
    }

    /** Heights and widths in steps of the network's stride. */
    private static NDList tiles(NDManager manager, long... sizes) {
        return images(manager, sizes[0], 4 * sizes[1], 4 * sizes[2]);
    }

    @Test
    void aNetworkOfConvolutionsTakesImagesOfAnySize() throws Exception {
        Block block = new Segmentation();
        block.initialize(manager, DataType.FLOAT32, images(manager, 2, 16, 21).getShapes());
        Path file =
                check(
                        block,
                        imageExporter(),
                        SeveralAxesTest::images,
                        traces(
                                manager,
                                SeveralAxesTest::images,
                                batch -> GraphTracer.trace(block, manager, batch),
                                2,
                                16,
                                21),
                        new long[] {2, 16, 21},
                        new long[] {1, 23, 12},
                        new long[] {5, 4, 37},
                        new long[] {3, 8, 8});
        var input = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInput(0);
        assertThat(dimensions(input)).containsExactly("batch", "3", "height", "width");
    }

    @Test
    void aQuantizedNetworkTakesImagesOfAnySize() throws Exception {
        Block block = new Segmentation();
        block.initialize(manager, DataType.FLOAT32, tiles(manager, 2, 4, 5).getShapes());
        QuantizedBlock prepared =
                Quantization.prepare(
                        block, manager, Presets.named("int8"), new Shape(1, 3, 16, 20));
        Quantization.calibrate(prepared, manager, List.of(tiles(manager, 8, 4, 5)));
        Block converted = Quantization.convert(prepared).block();
        Path file =
                check(
                        converted,
                        imageExporter(),
                        SeveralAxesTest::tiles,
                        traces(
                                manager,
                                SeveralAxesTest::tiles,
                                batch -> Quantization.trace(prepared, manager, batch),
                                2,
                                4,
                                5),
                        new long[] {2, 4, 5},
                        new long[] {1, 6, 3},
                        new long[] {3, 2, 2});
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.opTypes()).containsKey("QLinearConv");
        }
    }

    @Test
    void refusesTracesThatDoNotFitTheAxes() {
        Block block = translator();
        block.initialize(manager, DataType.FLOAT32, pairs(manager, 2, 5, 7).getShapes());
        Graph graph = GraphTracer.trace(block, manager, pairs(manager, 2, 5, 7));
        Graph both = GraphTracer.trace(block, manager, pairs(manager, 3, 6, 7));
        Graph batch = GraphTracer.trace(block, manager, pairs(manager, 3, 5, 7));
        Graph source = GraphTracer.trace(block, manager, pairs(manager, 2, 6, 7));
        OnnxExporter exporter =
                OnnxExporter.builder()
                        .optDynamicAxis("batch", 0, 0)
                        .optDynamicAxis("source", 0, 1)
                        .build();
        for (List<Graph> traces : List.of(List.of(graph), List.of(graph, batch))) {
            assertThatThrownBy(() -> exporter.toModelProto(traces))
                    .isInstanceOf(OnnxExportException.class)
                    .hasMessageContaining("[batch, source]")
                    .hasMessageContaining("each axis needs one");
        }
        assertThatThrownBy(() -> exporter.toModelProto(List.of(graph, both, source)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("size of source, too: 6 for 5");
        assertThatThrownBy(() -> exporter.toModelProto(List.of(graph, source, batch)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("Both traces have the size of batch 2");
        assertThatThrownBy(() -> exporter.toModelProto(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                OnnxExporter.builder()
                                        .optDynamicAxis("a", 0, 1)
                                        .optDynamicAxis("b", 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("added before as a");
    }
}
