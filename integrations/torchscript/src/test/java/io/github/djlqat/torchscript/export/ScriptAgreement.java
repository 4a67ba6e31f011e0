package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.exportcases.ExportCase;
import io.github.djlqat.exportcases.Inputs;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Exports a block from traces at the batch sizes 2 and 3, and holds the TorchScript that DJL loads
 * to the block at others.
 */
final class ScriptAgreement {

    /** The largest difference that is allowed, as a part of the range of an output. */
    private static final float TOLERANCE = 1e-4f;

    private ScriptAgreement() {}

    static Arguments arguments(ExportCase model) {
        return Arguments.of(model.name(), model.inputs(), model.block());
    }

    static void initialize(Block block, NDManager manager, Inputs inputs) {
        block.initialize(manager, DataType.FLOAT32, inputs.create(manager, 2).getShapes());
    }

    static void check(String name, Block block, Inputs inputs, int... batches)
            throws IOException, MalformedModelException {
        try (NDManager manager = NDManager.newBaseManager()) {
            TorchScriptArchive archive =
                    TorchScriptExporter.export(
                            GraphTracer.trace(block, manager, inputs.create(manager, 2)),
                            GraphTracer.trace(block, manager, inputs.create(manager, 3)));
            keep(name, archive);
            check(block, inputs, archive, manager, batches);
        }
    }

    static void check(
            Block block,
            Inputs inputs,
            TorchScriptArchive archive,
            NDManager manager,
            int... batches)
            throws IOException, MalformedModelException {
        ParameterStore store = new ParameterStore(manager, false);
        try (Model model = load(archive)) {
            for (int batch : batches) {
                // A block may add to its list of inputs.
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

    static Model load(TorchScriptArchive archive) throws IOException, MalformedModelException {
        Path file = Files.createTempFile("model", ".pt");
        try {
            archive.write(file);
            Model model = Model.newInstance("test", "PyTorch");
            try (InputStream in = Files.newInputStream(file)) {
                model.load(in);
            }
            return model;
        } finally {
            Files.delete(file);
        }
    }

    static void assertAgrees(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(actual.getDataType()).isEqualTo(expected.getDataType());
        float[] values = actual.toType(DataType.FLOAT32, false).toFloatArray();
        float[] references = expected.toType(DataType.FLOAT32, false).toFloatArray();
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        float difference = 0;
        for (int i = 0; i < values.length; i++) {
            least = Math.min(least, references[i]);
            greatest = Math.max(greatest, references[i]);
            difference = Math.max(difference, Math.abs(values[i] - references[i]));
        }
        assertThat(greatest - least).isFinite();
        assertThat(difference).isLessThanOrEqualTo(TOLERANCE * (greatest - least));
    }

    /** Keeps what was exported where {@code -Dtorchscript.export=FOLDER} asks for it. */
    static void keep(String name, TorchScriptArchive archive) throws IOException {
        String folder = System.getProperty("torchscript.export");
        if (folder != null) {
            Files.createDirectories(Path.of(folder));
            archive.write(Path.of(folder, name + ".pt"));
        }
    }
}
