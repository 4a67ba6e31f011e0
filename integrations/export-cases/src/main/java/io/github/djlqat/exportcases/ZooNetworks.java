package io.github.djlqat.exportcases;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static io.github.djlqat.exportcases.RandomArrays.indices;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.GoogLeNet;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV1;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.NiN;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.basicmodelzoo.cv.classification.VGG;
import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.basicmodelzoo.nlp.SimpleTextDecoder;
import ai.djl.basicmodelzoo.nlp.SimpleTextEncoder;
import ai.djl.basicmodelzoo.tabular.TabNet;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every network of DJL's model zoo, small. */
public final class ZooNetworks {

    private ZooNetworks() {}

    /**
     * Returns all networks.
     *
     * @return the networks, each with inputs that it is small on
     */
    public static Stream<ExportCase> all() {
        return Stream.concat(
                classifiers(),
                Stream.of(
                        network("SingleShotDetection", images(16), ZooNetworks::detector),
                        network(
                                "YOLOV3",
                                images(32),
                                () -> YOLOV3.builder().setNumClasses(2).build()),
                        network(
                                "TabNet",
                                (manager, batch) -> gaussians(manager, batch, 6),
                                ZooNetworks::tabNet),
                        network(
                                "SimpleTextEncoder",
                                words(5),
                                () -> new SimpleTextEncoder(embedding(), gru())),
                        network(
                                "SimpleTextDecoder",
                                words(1),
                                () -> new SimpleTextDecoder(embedding(), lstm(), 11))));
    }

    /**
     * Returns the classifiers, whose first dimension counts samples throughout.
     *
     * @return the networks
     */
    public static Stream<ExportCase> classifiers() {
        return Stream.of(
                network(
                        "Mlp",
                        (manager, batch) -> gaussians(manager, batch, 1, 12, 12),
                        () -> new Mlp(144, 10, new int[] {32, 16})),
                network(
                        "LeNet",
                        (manager, batch) -> gaussians(manager, batch, 1, 28, 28),
                        () -> LeNet.builder().build()),
                network(
                        "AlexNet",
                        images(67),
                        () ->
                                AlexNet.builder()
                                        .setNumChannels(new int[] {8, 16, 16, 16, 16, 32, 32})
                                        .build()),
                network("GoogLeNet", images(32), () -> GoogLeNet.builder().build()),
                network(
                        "MobileNetV1",
                        images(32),
                        () -> MobileNetV1.builder().optWidthMultiplier(0.25f).build()),
                network(
                        "MobileNetV2",
                        images(64),
                        () -> MobileNetV2.builder().setOutSize(10).build()),
                network(
                        "NiN",
                        images(67),
                        () -> NiN.builder().setNumChannels(new int[] {8, 16, 16, 10}).build()),
                network("ResNetV1-18", images(32), () -> resNet(18)),
                network("ResNetV1-34", images(32), () -> resNet(34)),
                network("ResNetV1-50", images(32), () -> resNet(50)),
                network("SqueezeNet", images(64), () -> SqueezeNet.squeezenet(10)),
                network(
                        "VGG",
                        images(32),
                        () ->
                                VGG.builder()
                                        .setConvArch(
                                                new int[][] {
                                                    {1, 4}, {1, 8}, {2, 8}, {2, 8}, {2, 8}
                                                })
                                        .build()));
    }

    private static ExportCase network(String name, Inputs inputs, Supplier<Block> network) {
        return new ExportCase(name, inputs, network);
    }

    private static Inputs images(int size) {
        return (manager, batch) -> gaussians(manager, batch, 3, size, size);
    }

    private static Inputs words(int length) {
        return (manager, batch) -> new NDList(indices(manager, 11, batch, length));
    }

    private static Block resNet(int layers) {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, 32, 32))
                .setNumLayers(layers)
                .setOutSize(10)
                .build();
    }

    private static Block detector() {
        return SingleShotDetection.builder()
                .setNumClasses(2)
                .setNumFeatures(1)
                .setBaseNetwork(SingleShotDetection.getDownSamplingBlock(8))
                .setSizes(List.of(List.of(0.2f, 0.3f), List.of(0.4f, 0.5f), List.of(0.7f, 0.8f)))
                .setRatios(List.of(List.of(1f, 2f), List.of(1f, 2f, 0.5f), List.of(1f)))
                .build();
    }

    private static Block tabNet() {
        return TabNet.builder()
                .setInputDim(6)
                .setOutDim(3)
                .optNumD(4)
                .optNumA(4)
                .optNumSteps(3)
                .build();
    }

    private static TrainableTextEmbedding embedding() {
        List<String> words = Stream.iterate(0, i -> i < 10, i -> i + 1).map(i -> "w" + i).toList();
        return new TrainableTextEmbedding(
                TrainableWordEmbedding.builder()
                        .setVocabulary(
                                DefaultVocabulary.builder().add(words).optUnknownToken().build())
                        .setEmbeddingSize(6)
                        .build());
    }

    private static GRU gru() {
        return GRU.builder().setStateSize(4).setNumLayers(2).optReturnState(true).build();
    }

    private static LSTM lstm() {
        return LSTM.builder().setStateSize(4).setNumLayers(2).build();
    }
}
