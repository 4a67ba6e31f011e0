package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * DJL's own networks, exported in floating point and run at other batch sizes than they were traced
 * at.
 */
class ZooExportTest {

    @TempDir Path folder;

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(
                        "Mlp",
                        new Shape(1, 12, 12),
                        false,
                        (Supplier<Block>) () -> new Mlp(144, 10, new int[] {32, 16})),
                Arguments.of(
                        "LeNet",
                        new Shape(1, 28, 28),
                        false,
                        (Supplier<Block>) () -> LeNet.builder().build()),
                Arguments.of(
                        "ResNetV1-18",
                        new Shape(3, 32, 32),
                        true,
                        (Supplier<Block>) () -> resNet(18)),
                Arguments.of(
                        "ResNetV1-50",
                        new Shape(3, 32, 32),
                        false,
                        (Supplier<Block>) () -> resNet(50)),
                Arguments.of(
                        "MobileNetV2",
                        new Shape(3, 64, 64),
                        true,
                        (Supplier<Block>) () -> MobileNetV2.builder().setOutSize(10).build()),
                Arguments.of(
                        "SqueezeNet",
                        new Shape(3, 64, 64),
                        false,
                        (Supplier<Block>) () -> SqueezeNet.squeezenet(10)));
    }

    private static Block resNet(int layers) {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, 32, 32))
                .setNumLayers(layers)
                .setOutSize(10)
                .build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void agreesWithDjlAtOtherBatchSizes(
            String name, Shape sample, boolean twoTraces, Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Block block = name.equals("Mlp") ? new SequentialBlock().add(network.get()) : network.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(sample));
            Graph two = GraphTracer.trace(block, manager, images(manager, sample, 2));
            Path file = folder.resolve(name + ".onnx");
            OnnxExporter exporter = OnnxExporter.builder().build();
            if (twoTraces) {
                Graph three = GraphTracer.trace(block, manager, images(manager, sample, 3));
                exporter.export(two, three, file);
            } else {
                exporter.export(two, file);
            }
            ParameterStore store = new ParameterStore(manager, false);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                Agreement agreement =
                        verifier.compare(
                                List.of(images(manager, sample, 1), images(manager, sample, 3)),
                                batch -> block.forward(store, batch, false));
                // Networks that were not trained return values of hundreds.
                assertThat(agreement.maxRelative()).isLessThan(1e-4f);
                assertThat(agreement.sameClass()).isEqualTo(4);
            }
        }
    }

    private static NDList images(NDManager manager, Shape sample, int batch) {
        Random random = new Random(batch);
        Shape shape = new Shape(batch).addAll(sample);
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new NDList(manager.create(data, shape));
    }
}
