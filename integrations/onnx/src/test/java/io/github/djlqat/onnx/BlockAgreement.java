package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.exportcases.ExportCase;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Exports a block from traces at the batch sizes 2 and 3, and holds ONNX Runtime to DJL at others.
 */
final class BlockAgreement {

    /** The largest difference that is allowed, as a part of the range of an output. */
    private static final float TOLERANCE = 1e-4f;

    private BlockAgreement() {}

    static Arguments arguments(ExportCase model) {
        return Arguments.of(model.name(), model.inputs(), model.block());
    }

    static void initialize(Block block, NDManager manager, Inputs inputs) {
        block.initialize(manager, DataType.FLOAT32, inputs.create(manager, 2).getShapes());
    }

    static void check(Block block, Inputs inputs, Path file, int... batches) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Graph two = GraphTracer.trace(block, manager, inputs.create(manager, 2));
            Graph three = GraphTracer.trace(block, manager, inputs.create(manager, 3));
            ParameterStore store = new ParameterStore(manager, false);
            List<NDList> expected = new ArrayList<>();
            for (int batch : batches) {
                // A block may add to its list of inputs.
                expected.add(block.forward(store, inputs.create(manager, batch), false));
            }
            // Without a wish for an opset, the lowest is written.
            OnnxExporter.builder().build().export(two, three, file);
            checkFile(expected, inputs, file, manager, batches);
            OnnxExporter.builder().optOpset(21).build().export(two, three, file);
            checkFile(expected, inputs, file, manager, batches);
        }
    }

    private static void checkFile(
            List<NDList> expected, Inputs inputs, Path file, NDManager manager, int... batches)
            throws IOException {
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            for (int k = 0; k < batches.length; k++) {
                NDList actual = verifier.run(manager, inputs.create(manager, batches[k]));
                assertThat(actual).hasSameSizeAs(expected.get(k));
                for (int i = 0; i < actual.size(); i++) {
                    assertAgrees(actual.get(i), expected.get(k).get(i));
                }
            }
        }
    }

    private static void assertAgrees(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        NDArray reference = expected.toType(DataType.FLOAT32, false);
        float range = reference.max().sub(reference.min()).getFloat();
        assertThat(range).isFinite();
        assertThat(actual.sub(reference).abs().max().getFloat())
                .isLessThanOrEqualTo(TOLERANCE * range);
    }
}
