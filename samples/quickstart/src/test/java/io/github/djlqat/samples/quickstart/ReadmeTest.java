package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.onnx.Agreement;
import io.github.djlqat.onnx.OnnxVerifier;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.testing.JavaSnippet;
import io.github.djlqat.testing.MarkdownCode;
import io.github.djlqat.torchscript.export.TorchScriptExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java and the recipes of the first page and of the pages below it, run as printed there. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..", "..");
    private static final String NETWORK =
            "public static final class MyNetwork extends "
                    + ReadmeNetwork.class.getName()
                    + " { public MyNetwork() {} }";

    @TempDir Path folder;

    private final NDManager manager = NDManager.newBaseManager();
    private List<NDList> batches = List.of();

    @BeforeEach
    void makeBatches() {
        batches = ReadmeNetwork.batches(manager);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static MarkdownCode page(String folder) throws IOException {
        return MarkdownCode.read(ROOT.resolve(folder).resolve("README.md"));
    }

    private JavaSnippet snippet(String code) {
        return JavaSnippet.of(code)
                .withMember(NETWORK)
                .with("folder", "java.nio.file.Path", folder);
    }

    private JavaSnippet first(String heading) throws IOException {
        return snippet(page("").code("java", heading));
    }

    private static JavaSnippet training(JavaSnippet snippet, NDManager manager) {
        return snippet.with("epochs", "int", 1)
                .with(
                        "config",
                        DefaultTrainingConfig.class.getName(),
                        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))
                .with("trainingSet", Dataset.class.getName(), ReadmeNetwork.data(manager))
                .with("validationSet", Dataset.class.getName(), ReadmeNetwork.data(manager));
    }

    @Test
    void everySnippetIsRunHere() throws IOException {
        assertThat(headings("", "java"))
                .containsExactly(
                        "A DJL block",
                        "A TorchScript file",
                        "Weights in safetensors",
                        "Verification");
        assertThat(headings("fake-quant", "java"))
                .containsExactly(
                        "After training: PTQ",
                        "Trained on as quantized: QAT",
                        "One scale for a whole weight: equalization and bias correction");
        assertThat(headings("mixed-precision", "java")).containsExactly("Mixed precision");
        assertThat(headings("qat-core", "java")).isEmpty();
    }

    private static List<String> headings(String folder, String language) throws IOException {
        return page(folder).blocks(language).stream().map(MarkdownCode.Fenced::heading).toList();
    }

    @Test
    void aBlockBecomesAFileThatVerificationAgreesWith() throws Exception {
        ReadmeNetwork.save(folder);

        // The model, too: DJL frees the arrays of one that is out of reach.
        Object held =
                training(first("A DJL block"), manager).run("new Object[] {model, converted}");

        try (Model model = (Model) ((Object[]) Objects.requireNonNull(held))[0]) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
            assertQuantizedFileAgrees((ConvertedModel) ((Object[]) held)[1]);
        }
    }

    /** Runs the snippet that verifies, and measures the same. */
    private void assertQuantizedFileAgrees(ConvertedModel converted) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            first("Verification")
                    .with("manager", NDManager.class.getName(), manager)
                    .with("batches", "java.util.List<ai.djl.ndarray.NDList>", batches)
                    .with("converted", ConvertedModel.class.getName(), converted)
                    .run();
        } finally {
            System.setOut(console);
        }
        Agreement agreement = compare(converted.block());
        assertThat(printed.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo(agreement.toString());
    }

    private Agreement compare(Block block) throws IOException {
        ParameterStore parameters = new ParameterStore(manager, false);
        try (OnnxVerifier verifier = OnnxVerifier.load(folder.resolve("int8.onnx"))) {
            Agreement agreement =
                    verifier.compare(batches, inputs -> block.forward(parameters, inputs, false));
            assertThat(verifier.opTypes()).containsKey("QLinearConv");
            assertThat(agreement.samples()).isEqualTo(12);
            assertThat(agreement.sqnr()).isGreaterThan(40);
            return agreement;
        }
    }

    @Test
    void aTorchScriptFileBecomesAFileThatComputesTheSame() throws Exception {
        Block network = ReadmeNetwork.initialized(manager);
        TorchScriptExporter.builder()
                .build()
                .export(
                        GraphTracer.trace(network, manager, batch(2)),
                        GraphTracer.trace(network, manager, batch(3)),
                        folder.resolve("model.pt"));

        first("A TorchScript file")
                .with("batches", "java.util.List<ai.djl.ndarray.NDList>", batches)
                .run();

        QuantizedBlock same =
                Quantization.prepare(network, manager, Presets.named("int8"), ReadmeNetwork.INPUT);
        Quantization.calibrate(same, manager, batches);
        compare(Quantization.convert(same).block());
    }

    private NDList batch(int size) {
        return new NDList(manager.zeros(new Shape(size, 3, 32, 32)));
    }

    @Test
    void weightsInSafetensorsAreLoadedUnderTheirOwnNames() throws Exception {
        Block saved = ReadmeNetwork.initialized(manager);
        Map<String, String> names =
                saved.getParameters().keys().stream()
                        .collect(Collectors.toMap(name -> "net." + name, name -> name));
        SafetensorsLoader.save(saved, folder.resolve("model.safetensors"), names);

        try (Model model =
                (Model)
                        Objects.requireNonNull(
                                first("Weights in safetensors")
                                        .with("names", "java.util.Map<String, String>", names)
                                        .run("model"))) {
            ParameterStore parameters = new ParameterStore(manager, false);
            for (NDList inputs : batches) {
                assertThat(
                                model.getBlock()
                                        .forward(parameters, inputs, false)
                                        .head()
                                        .toFloatArray())
                        .isEqualTo(saved.forward(parameters, inputs, false).head().toFloatArray());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"After training: PTQ", "Trained on as quantized: QAT"})
    void aModelIsConverted(String heading) throws Exception {
        ReadmeNetwork.save(folder);
        try (Model model = Model.newInstance(ReadmeNetwork.NAME)) {
            model.setBlock(new ReadmeNetwork());
            model.load(folder, ReadmeNetwork.NAME);

            training(fakeQuant(heading), manager).with("model", "ai.djl.Model", model).run();

            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    private JavaSnippet fakeQuant(String heading) throws IOException {
        return snippet(page("fake-quant").code("java", heading))
                .withImports(
                        "ai.djl.Model",
                        "ai.djl.ndarray.types.Shape",
                        "ai.djl.training.*",
                        "io.github.djlqat.fakequant.*",
                        "io.github.djlqat.recipe.*");
    }

    @Test
    void equalizationAndBiasCorrection() throws Exception {
        Block block = ReadmeNetwork.initialized(manager);

        Object converted =
                fakeQuant("One scale for a whole weight: equalization and bias correction")
                        .with("block", Block.class.getName(), block)
                        .with("manager", NDManager.class.getName(), manager)
                        .with("recipe", Recipe.class.getName(), Presets.named("int8"))
                        .with("batches", "java.util.List<ai.djl.ndarray.NDList>", batches)
                        .run("converted");

        assertThat(converted).isInstanceOf(ConvertedModel.class);
    }

    @Test
    void mixedPrecisionTrains() throws Exception {
        try (Model model = Model.newInstance(ReadmeNetwork.NAME)) {
            Block block = ReadmeNetwork.initialized(model.getNDManager());
            float[] before = block.getParameters().valueAt(0).getArray().toFloatArray();
            model.setBlock(block);

            snippet(page("mixed-precision").code("java", "Mixed precision"))
                    .withImports("ai.djl.training.*")
                    .with("model", "ai.djl.Model", model)
                    .with("loss", Loss.class.getName(), Loss.softmaxCrossEntropyLoss())
                    .with("input", Shape.class.getName(), ReadmeNetwork.INPUT)
                    .with("epochs", "int", 1)
                    .with("trainingSet", Dataset.class.getName(), ReadmeNetwork.data(manager))
                    .with("validationSet", Dataset.class.getName(), ReadmeNetwork.data(manager))
                    .run();

            assertThat(block.getParameters().valueAt(0).getArray().toFloatArray())
                    .isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void recipesQuantizeANetwork(int index) throws IOException {
        List<MarkdownCode.Fenced> recipes = page("qat-core").blocks("yaml");
        assertThat(recipes).hasSize(3);
        Path file = Files.writeString(folder.resolve("recipe.yaml"), recipes.get(index).code());

        QuantizedBlock prepared =
                Quantization.prepare(
                        ReadmeNetwork.initialized(manager),
                        manager,
                        RecipeReader.read(file),
                        ReadmeNetwork.INPUT);
        Quantization.calibrate(prepared, manager, batches);

        assertThat(prepared.getQuantizedLayers()).hasSize(3);
        ParameterStore parameters = new ParameterStore(manager, false);
        Block converted = Quantization.convert(prepared).block();
        float[] outputs =
                converted.forward(parameters, batches.get(0), false).head().toFloatArray();
        assertThat(outputs).hasSize(12).doesNotContain(Float.NaN);
        for (int i = 1; i < 4; i++) {
            assertThat(outputs[3 * i]).isNotEqualTo(outputs[0]);
        }
    }
}
