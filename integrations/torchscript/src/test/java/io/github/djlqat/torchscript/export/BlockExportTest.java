package io.github.djlqat.torchscript.export;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.exportcases.NnBlocks;
import io.github.djlqat.exportcases.RandomArrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every block of DJL's {@code nn} packages, with parameters that are neither zero nor one. */
class BlockExportTest {

    static Stream<Arguments> blocks() {
        return NnBlocks.all().map(ScriptAgreement::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void agreesWithDjlAtOtherBatchSizes(String name, Inputs inputs, Supplier<Block> supplier)
            throws Exception {
        Engine.getInstance().setRandomSeed(3);
        Block block = supplier.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            ScriptAgreement.initialize(block, manager, inputs);
            RandomArrays.fillParameters(block);
            ScriptAgreement.check(name, block, inputs, 2, 4);
        }
    }
}
