package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.exportcases.NnBlocks;
import io.github.djlqat.exportcases.RandomArrays;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every block of DJL's {@code nn} packages, with parameters that are neither zero nor one. */
class BlockExportTest {

    @TempDir Path folder;

    static Stream<Arguments> blocks() {
        return NnBlocks.all().map(BlockAgreement::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void agreesWithDjlAtOtherBatchSizes(String name, Inputs inputs, Supplier<Block> supplier)
            throws Exception {
        Engine.getInstance().setRandomSeed(3);
        Block block = supplier.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            BlockAgreement.initialize(block, manager, inputs);
            RandomArrays.fillParameters(block);
            BlockAgreement.check(block, inputs, folder.resolve("block.onnx"), 2, 4);
        }
    }

    static Stream<Arguments> unsupported() {
        return NnBlocks.notRunByTheEngine().map(BlockAgreement::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsupported")
    void isNotRunByDjlItself(String name, Inputs inputs, Supplier<Block> supplier) {
        Block block = supplier.get();
        block.setInitializer(new NormalInitializer(), parameter -> true);
        try (NDManager manager = NDManager.newBaseManager()) {
            BlockAgreement.initialize(block, manager, inputs);
            ParameterStore store = new ParameterStore(manager, false);
            NDList list = inputs.create(manager, 2);
            assertThatThrownBy(() -> block.forward(store, list, false))
                    .isInstanceOfAny(UnsupportedOperationException.class, EngineException.class);
        }
    }
}
