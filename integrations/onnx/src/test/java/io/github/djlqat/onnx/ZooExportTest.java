package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.exportcases.ZooNetworks;
import io.github.djlqat.graph.GraphTracer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every network of DJL's model zoo, exported in floating point and run at other batch sizes than it
 * was traced at.
 */
class ZooExportTest {

    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void agreesWithDjlAtOtherBatchSizes(String name, Inputs inputs, Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Block block = network.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            BlockAgreement.initialize(block, manager, inputs);
            BlockAgreement.check(block, inputs, folder.resolve("network.onnx"), 1, 4);
        }
    }

    static Stream<Arguments> networks() {
        return ZooNetworks.all().map(BlockAgreement::arguments);
    }

    static Stream<Arguments> smallClassifiers() {
        List<String> small = List.of("LeNet", "MobileNetV2", "SqueezeNet");
        return ZooNetworks.classifiers()
                .filter(network -> small.contains(network.name()))
                .map(BlockAgreement::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smallClassifiers")
    void oneTraceIsEnoughWhereTheBatchLeads(String name, Inputs inputs, Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Block block = network.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            BlockAgreement.initialize(block, manager, inputs);
            Path file = folder.resolve("network.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(GraphTracer.trace(block, manager, inputs.create(manager, 2)), file);
            ParameterStore store = new ParameterStore(manager, false);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                Agreement agreement =
                        verifier.compare(
                                List.of(inputs.create(manager, 1), inputs.create(manager, 3)),
                                batch -> block.forward(store, batch, false));
                assertThat(agreement.maxRelative()).isLessThan(1e-4f);
                assertThat(agreement.sameClass()).isEqualTo(4);
            }
        }
    }
}
