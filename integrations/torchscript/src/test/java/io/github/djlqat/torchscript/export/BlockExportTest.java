package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlqat.graph.GraphTracer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks and single operations, run as TorchScript at batch sizes that were not traced. */
class BlockExportTest {

    private static final float TOLERANCE = 1e-4f;

    /** Makes the inputs of a block. */
    @FunctionalInterface
    interface Inputs {
        NDList create(NDManager manager, int batch);
    }

    private static final Inputs SEQUENCE =
            (manager, batch) -> new NDList(gaussians(manager, batch, 5, 8));

    static Stream<Arguments> operations() {
        return Stream.of(
                operation("slice", x -> x.get(":, 1:4")),
                operation("slice with a step", x -> x.get(":, ::2, 1:")),
                operation("last", x -> x.get(":, -1")),
                operation("from the end", x -> x.get("..., -3:-1")),
                operation("first sample", x -> x.get(0)),
                operation("new axis", x -> x.get(new NDIndex().addAllDim().addIndices(2))),
                operation("gt", x -> x.gt(0.5f).toType(DataType.FLOAT32, false)),
                operation("lte", x -> x.lte(x.mul(2)).toType(DataType.INT32, false)),
                operation(
                        "logic",
                        x ->
                                x.gt(0)
                                        .logicalAnd(x.lt(1))
                                        .logicalNot()
                                        .toType(DataType.FLOAT32, false)),
                operation("where", x -> NDArrays.where(x.gt(0), x, x.mul(3))),
                operation("zeros", x -> x.add(x.getManager().zeros(x.getShape()))),
                operation("ones", x -> x.add(x.getManager().ones(x.getShape()))),
                operation("full", x -> x.add(x.getManager().full(new Shape(8), 2.5f))),
                operation(
                        "create",
                        x -> x.mul(x.getManager().create(new float[] {1, 2, 3, 4, 5, 6, 7, 8}))),
                operation("pick", x -> x.get(x.getManager().create(new long[] {0, 0}))),
                operation("arange", x -> x.add(x.getManager().arange(1f, 9f, 1f))),
                operation("split", x -> x.split(2, 2).get(1)),
                operation("split by places", x -> x.split(new long[] {1, 3}, 1).get(1)),
                operation("split of samples", x -> x.split(1, 0).get(0)),
                operation("stack", x -> NDArrays.stack(new NDList(x, x.mul(2)), 1)),
                operation("squeeze", x -> x.get(":, 1:2").squeeze(1)),
                operation("expandDims", x -> x.expandDims(-1)),
                operation("flatten", x -> x.flatten(1, 2)),
                operation("transpose", x -> x.transpose(0, 2, 1)),
                operation("swapAxes", x -> x.swapAxes(1, 2)),
                operation("tile", x -> x.tile(new long[] {1, 2, 3})),
                operation("tile every axis", x -> x.tile(2)),
                operation("argMax", x -> x.argMax(2)),
                operation("argMin", x -> x.argMin(1)),
                operation("sort", x -> x.sort(1)),
                operation("argSort", x -> x.argSort(2, false)),
                operation("topK", x -> x.topK(3, 2).get(0)));
    }

    static Stream<Arguments> blocks() {
        return Stream.of(
                block("gelu", Activation::geluBlock),
                block("selu", Activation::seluBlock),
                block("softPlus", Activation::softPlusBlock),
                block("softSign", Activation::softSignBlock),
                block("swish", () -> Activation.swishBlock(1.5f)),
                block("BatchNorm of the last axis", () -> BatchNorm.builder().optAxis(2).build()),
                block("RNN tanh", () -> rnn(1, RNN.Activation.TANH)),
                block("RNN relu", () -> rnn(2, RNN.Activation.RELU)),
                block("LSTM", () -> recurrent(LSTM.builder(), 2).optReturnState(true).build()),
                block(
                        "LSTM of two directions",
                        () ->
                                recurrent(LSTM.builder(), 2)
                                        .optHasBiases(false)
                                        .optBidirectional(true)
                                        .build()),
                block(
                        "LSTM with time first",
                        () -> recurrent(LSTM.builder(), 1).optBatchFirst(false).build()),
                block("GRU", () -> recurrent(GRU.builder(), 2).optReturnState(true).build()),
                block(
                        "attention",
                        () ->
                                ScaledDotProductAttentionBlock.builder()
                                        .setEmbeddingSize(8)
                                        .setHeadCount(2)
                                        .build()),
                block(
                        "TransformerEncoderBlock",
                        () -> new TransformerEncoderBlock(8, 2, 12, 0.1f, Activation::gelu)),
                Arguments.of(
                        "BertBlock",
                        (Inputs)
                                (manager, batch) ->
                                        new NDList(
                                                indices(manager, 11, batch, 5),
                                                indices(manager, 3, batch, 5),
                                                indices(manager, 2, batch, 5)),
                        (Supplier<Block>) BlockExportTest::bert));
    }

    private static Arguments operation(String name, Function<NDArray, NDArray> operation) {
        return block(name, () -> LambdaBlock.singleton(operation, name));
    }

    private static Arguments block(String name, Supplier<Block> block) {
        return Arguments.of(name, SEQUENCE, block);
    }

    private static Block bert() {
        return BertBlock.builder()
                .setTokenDictionarySize(11)
                .optEmbeddingSize(8)
                .optHiddenSize(12)
                .optAttentionHeadCount(2)
                .optTransformerBlockCount(2)
                .optMaxSequenceLength(5)
                .build();
    }

    private static <T extends RecurrentBlock.BaseBuilder<T>> T recurrent(T builder, int layers) {
        builder.setStateSize(3);
        builder.setNumLayers(layers);
        return builder;
    }

    private static Block rnn(int layers, RNN.Activation activation) {
        return recurrent(RNN.builder(), layers).setActivation(activation).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"operations", "blocks"})
    void agreesAtOtherBatchSizes(String name, Inputs inputs, Supplier<Block> supplier)
            throws IOException, MalformedModelException {
        Engine.getInstance().setRandomSeed(3);
        Block block = supplier.get();
        try (NDManager manager = NDManager.newBaseManager();
                Model model = Model.newInstance("test", "PyTorch")) {
            block.initialize(manager, DataType.FLOAT32, inputs.create(manager, 2).getShapes());
            randomize(block);
            model.load(
                    new ByteArrayInputStream(
                            TorchScriptExporter.export(
                                            GraphTracer.trace(
                                                    block, manager, inputs.create(manager, 2)),
                                            GraphTracer.trace(
                                                    block, manager, inputs.create(manager, 3)))
                                    .toByteArray()));
            ParameterStore store = new ParameterStore(manager, false);
            for (int batch : new int[] {1, 4}) {
                NDList expected = block.forward(store, inputs.create(manager, batch), false);
                NDList actual =
                        model.getBlock().forward(store, inputs.create(manager, batch), false);
                assertThat(actual).hasSameSizeAs(expected).isNotEmpty();
                for (int i = 0; i < expected.size(); i++) {
                    assertAgrees(actual.get(i), expected.get(i));
                }
            }
        }
    }

    private static void assertAgrees(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(actual.getDataType()).isEqualTo(expected.getDataType());
        NDArray reference = expected.toType(DataType.FLOAT32, false);
        float largest = reference.abs().max().getFloat();
        assertThat(largest).isPositive().isFinite();
        assertThat(actual.toType(DataType.FLOAT32, false).sub(reference).abs().max().getFloat())
                .isLessThanOrEqualTo(TOLERANCE * largest);
    }

    private static void randomize(Block block) {
        Random random = new Random(5);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray array = pair.getValue().getArray();
            boolean positive = pair.getKey().endsWith("runningVar");
            float[] data = new float[Math.toIntExact(array.size())];
            for (int i = 0; i < data.length; i++) {
                float value = (float) random.nextGaussian() / 2;
                data[i] = positive ? 0.5f + Math.abs(value) : value;
            }
            array.set(data);
        }
    }

    private static NDArray gaussians(NDManager manager, long... dims) {
        Shape shape = new Shape(dims);
        Random random = new Random(dims[0]);
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return manager.create(data, shape);
    }

    /** Makes whole numbers below a bound, as 64-bit integers. */
    private static NDArray indices(NDManager manager, int bound, long... dims) {
        Shape shape = new Shape(dims);
        long[] data = new Random(bound).longs(shape.size(), 0, bound).toArray();
        return manager.create(data, shape);
    }
}
