package io.github.djlqat.exportcases;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static io.github.djlqat.exportcases.RandomArrays.indices;

import ai.djl.engine.Engine;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv1dTranspose;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.ConstantEmbedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.util.PairList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every block of DJL's {@code nn} packages. */
public final class NnBlocks {

    private static final Inputs SERIES = (manager, batch) -> gaussians(manager, batch, 3, 9);
    private static final Inputs IMAGE = (manager, batch) -> gaussians(manager, batch, 4, 7, 5);
    private static final Inputs VOLUME = (manager, batch) -> gaussians(manager, batch, 2, 5, 4, 6);
    private static final Inputs ROWS = (manager, batch) -> gaussians(manager, batch, 6);
    private static final Inputs SEQUENCE = (manager, batch) -> gaussians(manager, batch, 5, 8);
    private static final Inputs WORDS =
            (manager, batch) -> new NDList(indices(manager, 11, batch, 5));

    private NnBlocks() {}

    /**
     * Returns the blocks that DJL's PyTorch engine runs.
     *
     * @return the blocks
     */
    public static Stream<ExportCase> all() {
        return Stream.of(
                        containers(),
                        activations(),
                        convolutions(),
                        pools(),
                        core(),
                        norms(),
                        recurrent(),
                        transformers())
                .flatMap(cases -> cases);
    }

    private static ExportCase block(String name, Inputs inputs, Supplier<Block> block) {
        return new ExportCase(name, inputs, block);
    }

    private static Stream<ExportCase> containers() {
        return Stream.of(
                block("identity", ROWS, Blocks::identityBlock),
                block("batchFlatten", IMAGE, Blocks::batchFlattenBlock),
                block("batchFlatten of a size", IMAGE, () -> Blocks.batchFlattenBlock(140)),
                block(
                        "ones",
                        ROWS,
                        () ->
                                Blocks.onesBlock(
                                        new PairList<>(
                                                List.of(DataType.FLOAT32), List.of(new Shape(3))),
                                        new String[] {"ones"})),
                block(
                        "LambdaBlock",
                        ROWS,
                        () -> LambdaBlock.singleton(x -> x.mul(2).add(1), "affine")),
                block(
                        "SequentialBlock returning intermediates",
                        ROWS,
                        () -> {
                            SequentialBlock block =
                                    new SequentialBlock()
                                            .add(linear(4))
                                            .add(Activation::tanh)
                                            .add(linear(3));
                            block.setReturnIntermediate(true);
                            return block;
                        }),
                block(
                        "ParallelBlock",
                        ROWS,
                        () ->
                                new ParallelBlock(
                                        outputs ->
                                                new NDList(
                                                        NDArrays.concat(
                                                                new NDList(
                                                                        outputs.get(0).head(),
                                                                        outputs.get(1).head()),
                                                                1)),
                                        List.of(linear(4), linear(3)))));
    }

    private static Block linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Stream<ExportCase> activations() {
        return Stream.of(
                block("relu", IMAGE, Activation::reluBlock),
                block("relu6", IMAGE, Activation::relu6Block),
                block("sigmoid", IMAGE, Activation::sigmoidBlock),
                block("tanh", IMAGE, Activation::tanhBlock),
                block("softPlus", IMAGE, Activation::softPlusBlock),
                block("softSign", IMAGE, Activation::softSignBlock),
                block("leakyRelu", IMAGE, () -> Activation.leakyReluBlock(0.2f)),
                block("elu", IMAGE, () -> Activation.eluBlock(0.7f)),
                block("selu", IMAGE, Activation::seluBlock),
                block("gelu", IMAGE, Activation::geluBlock),
                block("swish", IMAGE, () -> Activation.swishBlock(1.5f)),
                block("mish", IMAGE, Activation::mishBlock));
    }

    private static Stream<ExportCase> convolutions() {
        return Stream.of(
                block(
                        "Conv1d",
                        SERIES,
                        () ->
                                Conv1d.builder()
                                        .setFilters(4)
                                        .setKernelShape(new Shape(3))
                                        .optStride(new Shape(2))
                                        .optPadding(new Shape(1))
                                        .optDilation(new Shape(2))
                                        .build()),
                block(
                        "Conv2d",
                        IMAGE,
                        () ->
                                Conv2d.builder()
                                        .setFilters(6)
                                        .setKernelShape(new Shape(3, 2))
                                        .optStride(new Shape(2, 1))
                                        .optPadding(new Shape(1, 0))
                                        .optGroups(2)
                                        .build()),
                block(
                        "Conv2d without bias",
                        IMAGE,
                        () ->
                                Conv2d.builder()
                                        .setFilters(2)
                                        .setKernelShape(new Shape(3, 3))
                                        .optBias(false)
                                        .build()),
                block(
                        "Conv3d",
                        VOLUME,
                        () ->
                                Conv3d.builder()
                                        .setFilters(3)
                                        .setKernelShape(new Shape(3, 2, 3))
                                        .optStride(new Shape(1, 2, 2))
                                        .optPadding(new Shape(1, 0, 1))
                                        .build()));
    }

    private static Stream<ExportCase> pools() {
        Shape one = new Shape(3);
        Shape two = new Shape(3, 2);
        Shape three = new Shape(3, 2, 2);
        return Stream.of(
                block("maxPool1d", SERIES, () -> Pool.maxPool1dBlock(one, new Shape(2))),
                block("maxPool2d", IMAGE, () -> Pool.maxPool2dBlock(two, two, new Shape(1, 1))),
                block("maxPool3d", VOLUME, () -> Pool.maxPool3dBlock(three, new Shape(1, 2, 2))),
                block(
                        "avgPool1d",
                        SERIES,
                        () -> Pool.avgPool1dBlock(one, new Shape(2), new Shape(1))),
                block("avgPool2d", IMAGE, () -> Pool.avgPool2dBlock(two, two, new Shape(1, 1))),
                block(
                        "avgPool2d rounding up",
                        IMAGE,
                        () -> Pool.avgPool2dBlock(two, two, new Shape(0, 0), true)),
                block("avgPool3d", VOLUME, () -> Pool.avgPool3dBlock(three, new Shape(1, 2, 2))),
                block("lpPool1d", SERIES, () -> Pool.lpPool1dBlock(2, one)),
                block("lpPool2d", IMAGE, () -> Pool.lpPool2dBlock(2, two, two)),
                block("globalMaxPool1d", SERIES, Pool::globalMaxPool1dBlock),
                block("globalMaxPool2d", IMAGE, Pool::globalMaxPool2dBlock),
                block("globalMaxPool3d", VOLUME, Pool::globalMaxPool3dBlock),
                block("globalAvgPool1d", SERIES, Pool::globalAvgPool1dBlock),
                block("globalAvgPool2d", IMAGE, Pool::globalAvgPool2dBlock),
                block("globalAvgPool3d", VOLUME, Pool::globalAvgPool3dBlock),
                block("globalLpPool1d", SERIES, () -> Pool.globalLpPool1dBlock(2)),
                block("globalLpPool2d", IMAGE, () -> Pool.globalLpPool2dBlock(2)));
    }

    private static Stream<ExportCase> core() {
        return Stream.of(
                block("Linear", ROWS, () -> linear(4)),
                block("Linear of sequences", SEQUENCE, () -> linear(4)),
                block(
                        "Linear without bias",
                        SEQUENCE,
                        () -> Linear.builder().setUnits(4).optBias(false).build()),
                block("Multiplication", ROWS, () -> Multiplication.builder().setUnits(4).build()),
                block(
                        "LinearCollection",
                        SEQUENCE,
                        () -> LinearCollection.builder().setUnits(4).build()),
                block(
                        "LinearCollection of two split axes",
                        IMAGE,
                        () -> LinearCollection.builder().setUnits(3).optBias(false).build()),
                block("ConstantEmbedding", WORDS, NnBlocks::constantEmbedding),
                block("SparseMax", SEQUENCE, SparseMax::new),
                block("SparseMax of an inner axis", SEQUENCE, () -> new SparseMax(1, 2)),
                block("TrainableWordEmbedding", WORDS, NnBlocks::wordEmbedding),
                block(
                        "TrainableTextEmbedding",
                        WORDS,
                        () -> new TrainableTextEmbedding(wordEmbedding())));
    }

    private static TrainableWordEmbedding wordEmbedding() {
        List<String> words = Stream.iterate(0, i -> i < 10, i -> i + 1).map(i -> "w" + i).toList();
        return TrainableWordEmbedding.builder()
                .setVocabulary(DefaultVocabulary.builder().add(words).optUnknownToken().build())
                .setEmbeddingSize(6)
                .build();
    }

    private static Stream<ExportCase> norms() {
        return Stream.of(
                block("BatchNorm", IMAGE, () -> BatchNorm.builder().build()),
                block("BatchNorm of rows", ROWS, () -> BatchNorm.builder().build()),
                block("BatchNorm of series", SERIES, () -> BatchNorm.builder().build()),
                block("BatchNorm of volumes", VOLUME, () -> BatchNorm.builder().build()),
                block(
                        "BatchNorm of the last axis",
                        SEQUENCE,
                        () -> BatchNorm.builder().optAxis(2).optEpsilon(1e-3f).build()),
                block(
                        "BatchNorm without scale and center",
                        IMAGE,
                        () -> BatchNorm.builder().optScale(false).optCenter(false).build()),
                block("GhostBatchNorm", IMAGE, () -> GhostBatchNorm.builder().build()),
                block("LayerNorm", IMAGE, () -> LayerNorm.builder().build()),
                block("LayerNorm of one axis", SEQUENCE, () -> LayerNorm.builder().axis(2).build()),
                block("Dropout", IMAGE, () -> Dropout.builder().build()));
    }

    private static Stream<ExportCase> recurrent() {
        return Stream.of(
                block("RNN tanh", SEQUENCE, () -> rnn(1, RNN.Activation.TANH)),
                block("RNN relu", SEQUENCE, () -> rnn(2, RNN.Activation.RELU)),
                block("LSTM", SEQUENCE, () -> recurrent(LSTM.builder(), 1).build()),
                block(
                        "LSTM returning its state",
                        SEQUENCE,
                        () -> recurrent(LSTM.builder(), 2).optReturnState(true).build()),
                block(
                        "LSTM without biases, of two directions",
                        SEQUENCE,
                        () ->
                                recurrent(LSTM.builder(), 2)
                                        .optHasBiases(false)
                                        .optBidirectional(true)
                                        .optReturnState(true)
                                        .build()),
                block(
                        "LSTM from a state",
                        (manager, batch) ->
                                gaussians(manager, batch, 5, 8)
                                        .addAll(gaussians(manager, 1, batch, 3)),
                        () -> recurrent(LSTM.builder(), 1).optReturnState(true).build()),
                block(
                        "LSTM with time first",
                        SEQUENCE,
                        () -> recurrent(LSTM.builder(), 2).optBatchFirst(false).build()),
                block("GRU", SEQUENCE, () -> recurrent(GRU.builder(), 1).build()),
                block(
                        "GRU without biases, of two directions",
                        SEQUENCE,
                        () ->
                                recurrent(GRU.builder(), 2)
                                        .optHasBiases(false)
                                        .optBidirectional(true)
                                        .optReturnState(true)
                                        .build()));
    }

    private static <T extends RecurrentBlock.BaseBuilder<T>> T recurrent(T builder, int layers) {
        builder.setStateSize(3);
        builder.setNumLayers(layers);
        return builder;
    }

    private static Block rnn(int layers, RNN.Activation activation) {
        return recurrent(RNN.builder(), layers)
                .setActivation(activation)
                .optReturnState(true)
                .build();
    }

    private static Stream<ExportCase> transformers() {
        return Stream.of(
                block("ScaledDotProductAttentionBlock", SEQUENCE, () -> attention()),
                block(
                        "ScaledDotProductAttentionBlock with a mask",
                        (manager, batch) ->
                                gaussians(manager, batch, 5, 8)
                                        .addAll(new NDList(indices(manager, 2, batch, 5, 5))),
                        () -> attention()),
                block(
                        "ScaledDotProductAttentionBlock of key, query and value",
                        (manager, batch) ->
                                gaussians(manager, batch, 5, 8)
                                        .addAll(gaussians(manager, batch, 3, 8))
                                        .addAll(gaussians(manager, batch, 5, 8)),
                        () -> attention()),
                block(
                        "PointwiseFeedForwardBlock",
                        SEQUENCE,
                        () -> new PointwiseFeedForwardBlock(List.of(6), 8, Activation::gelu)),
                block(
                        "TransformerEncoderBlock",
                        SEQUENCE,
                        () -> new TransformerEncoderBlock(8, 2, 12, 0.1f, Activation::gelu)),
                block(
                        "IdEmbedding",
                        WORDS,
                        () ->
                                new IdEmbedding.Builder()
                                        .setDictionarySize(11)
                                        .setEmbeddingSize(6)
                                        .build()),
                block("BertBlock", NnBlocks::sentences, () -> bert().build()),
                block(
                        "BertMaskedLanguageModelBlock",
                        (manager, batch) ->
                                gaussians(manager, batch, 5, 8)
                                        .addAll(
                                                new NDList(
                                                        indices(manager, 5, batch, 2),
                                                        gaussians(manager, 11, 8).head())),
                        () -> new BertMaskedLanguageModelBlock(bert().build(), Activation::gelu)),
                block("BertNextSentenceBlock", ROWS, BertNextSentenceBlock::new),
                block(
                        "BertPretrainingBlock",
                        (manager, batch) ->
                                sentences(manager, batch)
                                        .addAll(new NDList(indices(manager, 5, batch, 2))),
                        () -> new BertPretrainingBlock(bert())));
    }

    private static Block attention() {
        return ScaledDotProductAttentionBlock.builder().setEmbeddingSize(8).setHeadCount(2).build();
    }

    private static BertBlock.Builder bert() {
        return BertBlock.builder()
                .setTokenDictionarySize(11)
                .optEmbeddingSize(8)
                .optHiddenSize(12)
                .optAttentionHeadCount(2)
                .optTransformerBlockCount(2)
                .optMaxSequenceLength(5);
    }

    private static NDList sentences(NDManager manager, int batch) {
        return new NDList(
                indices(manager, 11, batch, 5),
                indices(manager, 3, batch, 5),
                indices(manager, 2, batch, 5));
    }

    /**
     * Returns the blocks that DJL's PyTorch engine does not run itself.
     *
     * @return the blocks
     */
    public static Stream<ExportCase> notRunByTheEngine() {
        return Stream.of(
                block(
                        "Conv1dTranspose",
                        SERIES,
                        () ->
                                Conv1dTranspose.builder()
                                        .setFilters(2)
                                        .setKernelShape(new Shape(3))
                                        .build()),
                block(
                        "Conv2dTranspose",
                        IMAGE,
                        () ->
                                Conv2dTranspose.builder()
                                        .setFilters(2)
                                        .setKernelShape(new Shape(3, 3))
                                        .build()),
                block("prelu", IMAGE, Activation::preluBlock),
                block(
                        "lpPool3d",
                        VOLUME,
                        () -> Pool.lpPool3dBlock(2, new Shape(2, 2, 2), new Shape(2, 2, 2))),
                block("globalLpPool3d", VOLUME, () -> Pool.globalLpPool3dBlock(2)),
                block(
                        "LSTM of two directions with biases",
                        SEQUENCE,
                        () -> recurrent(LSTM.builder(), 1).optBidirectional(true).build()),
                block(
                        "GRU of two directions with biases",
                        SEQUENCE,
                        () -> recurrent(GRU.builder(), 2).optBidirectional(true).build()));
    }

    private static Block constantEmbedding() {
        return new ConstantEmbedding(Engine.getInstance().newBaseManager().ones(new Shape(3)));
    }
}
