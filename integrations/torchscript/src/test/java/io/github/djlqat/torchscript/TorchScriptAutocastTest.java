package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.export.TorchScriptExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchScriptAutocastTest {

    private static final Path RESNET = Path.of("../../../shared/data/resnet20/resnet20.pt");

    @TempDir private Path folder;

    private static float[] run(Model model) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            manager.getEngine().setRandomSeed(3);
            NDList input = new NDList(manager.randomNormal(new Shape(4, 6)));
            return model.getBlock()
                    .forward(new ParameterStore(manager, false), input, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "convolutions_traced",
                "convolutions_scripted",
                "convolutions_frozen",
                "functions_traced",
                "products_traced",
                "products_scripted",
                "products_frozen",
                "shared_traced",
                "shared_scripted"
            })
    void onlyTheTypeChangesWhatIsComputed(String name) throws IOException {
        Path file = Path.of("src/test/resources/products", name + ".pt");
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptAutocast.prepare(file, prepared);
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = TorchScriptQuantization.load(prepared)) {
            float[] expected = run(plain);
            assertThat(run(model)).isEqualTo(expected);

            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);

            float[] cast = run(model);
            assertThat(cast).isNotEqualTo(expected);
            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < cast.length; i++) {
                assertThat(cast[i]).isCloseTo(expected[i], within(0.05f * largest));
            }
            TorchScriptAutocast.setType(model, AutocastType.FLOAT32);
            assertThat(run(model)).isEqualTo(expected);
        }
    }

    @Test
    void gradientsReachTheWeights() throws IOException, TranslateException {
        assumeTrue(Files.exists(RESNET) && Files.exists(CifarImages.FOLDER));
        Path prepared = folder.resolve("training.pt");
        TorchScriptAutocast.prepare(RESNET, prepared);
        try (Model model = TorchScriptQuantization.load(prepared)) {
            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);
            Map<String, float[]> before = ResNetQuantizationTest.parameters(model);

            ResNetQuantizationTest.train(model, 64);

            ResNetQuantizationTest.parameters(model)
                    .forEach(
                            (name, values) ->
                                    assertThat(values).as(name).isNotEqualTo(before.get(name)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"convolutions_traced", "convolutions_scripted"})
    void whatIsNotSourceOrAttributesStaysByteForByte(String name) throws IOException {
        TorchScriptArchive original =
                TorchScriptArchive.read(Path.of("src/test/resources/products", name + ".pt"));

        TorchScriptArchive prepared = TorchScriptAutocast.prepare(original);

        assertThat(prepared.names()).containsAll(original.names());
        for (String entry : original.names()) {
            if (!entry.equals(TorchScriptArchive.DATA) && !entry.endsWith(".py")) {
                assertThat(prepared.bytes(entry)).as(entry).isEqualTo(original.bytes(entry));
            }
        }
    }

    /**
     * The result is rounded once more, by at most half a unit of its eight bits, or a whole one.
     */
    @Test
    void linearLayersRoundTheirOperands() throws IOException {
        Path prepared = folder.resolve("linear.pt");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(5);
            Linear block = Linear.builder().setUnits(4).build();
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 6));
            TorchScriptArchive archive =
                    TorchScriptExporter.export(
                            GraphTracer.trace(
                                    block, manager, new NDList(manager.ones(new Shape(2, 6)))),
                            GraphTracer.trace(
                                    block, manager, new NDList(manager.ones(new Shape(3, 6)))));
            TorchScriptAutocast.prepare(archive).write(prepared);
            float[] weight = block.getParameters().valueAt(0).getArray().toFloatArray();
            float[] bias = block.getParameters().valueAt(1).getArray().toFloatArray();
            try (Model model = TorchScriptQuantization.load(prepared)) {
                TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);

                float[] y = run(model);

                model.getNDManager().getEngine().setRandomSeed(3);
                float[] x = manager.randomNormal(new Shape(4, 6)).toFloatArray();
                for (int i = 0; i < y.length; i++) {
                    double sum = rounded(bias[i % 4]);
                    double size = Math.abs(sum);
                    for (int k = 0; k < 6; k++) {
                        double term = rounded(x[i / 4 * 6 + k]) * rounded(weight[i % 4 * 6 + k]);
                        sum += term;
                        size += Math.abs(term);
                    }
                    assertThat((double) y[i]).isCloseTo(sum, within(size / 256));
                }
            }
        }
    }

    private static double rounded(float value) {
        return FloatCodec.round(FloatFormat.BFLOAT16, value, Rounding.HALF_EVEN, Overflow.SATURATE);
    }

    @Test
    void residualNetworksKeepTheirAccuracy() throws IOException {
        assumeTrue(Files.exists(RESNET) && Files.exists(CifarImages.FOLDER));
        Path prepared = folder.resolve("resnet.pt");
        TorchScriptAutocast.prepare(TorchScriptArchive.read(RESNET)).write(prepared);
        try (Model model = TorchScriptQuantization.load(prepared)) {
            assertThat(ResNetQuantizationTest.right(model)).isEqualTo(915);

            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);

            assertThat(ResNetQuantizationTest.right(model)).isBetween(910, 920);
        }
    }

    @Test
    void languageModelsKeepTheirLikelihood() throws IOException {
        assumeTrue(Files.exists(RealModelsTest.STORIES));
        Path prepared = folder.resolve("stories.pt");
        TorchScriptAutocast.prepare(RealModelsTest.STORIES.resolve("stories260K.pt"), prepared);
        try (Model model = TorchScriptQuantization.load(prepared)) {
            long[] tokens = RealModelsTest.tokens();
            int windows = Integer.getInteger("torchscript.windows", 5);
            double expected = RealModelsTest.likelihood(model, tokens, windows);

            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);

            double cast = RealModelsTest.likelihood(model, tokens, windows);
            assertThat(cast).isNotEqualTo(expected).isCloseTo(expected, within(0.005));
        }
    }
}
