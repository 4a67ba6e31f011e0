package io.github.djlqat.torchscript.export;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.exportcases.ZooNetworks;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every network of DJL's model zoo, exported in floating point and run at other batch sizes than it
 * was traced at.
 */
class ZooExportTest {

    static Stream<Arguments> networks() {
        return ZooNetworks.all().map(ScriptAgreement::arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void agreesWithDjlAtOtherBatchSizes(String name, Inputs inputs, Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Block block = network.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            ScriptAgreement.initialize(block, manager, inputs);
            ScriptAgreement.check(name, block, inputs, 1, 4);
        }
    }
}
