package io.github.djlqat.extension;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Application;
import ai.djl.Model;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.djlqat.extension.criteria.SampleFiles;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.testing.JavaSnippet;
import io.github.djlqat.testing.MarkdownCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of README.md, run as they are printed there. */
class ReadmeTest {

    private static final String NETWORK =
            """
            static final class MyNetwork extends ai.djl.nn.SequentialBlock {
                MyNetwork() {
                    addAll(io.github.djlqat.extension.Networks.block().getChildren().values());
                }
            }
            """;

    private static MarkdownCode readme;

    @TempDir Path folder;

    @BeforeAll
    static void read() throws IOException {
        readme = MarkdownCode.read(Path.of("README.md"));
    }

    private static JavaSnippet snippet(String code) {
        return JavaSnippet.of(code)
                .withImports(
                        "ai.djl.Model",
                        "ai.djl.inference.Predictor",
                        "ai.djl.metric.Metrics",
                        "ai.djl.modality.Classifications",
                        "ai.djl.modality.cv.Image",
                        "ai.djl.ndarray.NDList",
                        "ai.djl.ndarray.types.Shape",
                        "ai.djl.repository.zoo.Criteria",
                        "ai.djl.repository.zoo.ModelZoo",
                        "ai.djl.repository.zoo.ZooModel",
                        "ai.djl.training.DefaultTrainingConfig",
                        "ai.djl.training.EasyTrain",
                        "ai.djl.training.Trainer",
                        "ai.djl.training.dataset.Dataset",
                        "ai.djl.training.evaluator.Accuracy",
                        "ai.djl.training.listener.EarlyStoppingListener",
                        "ai.djl.training.loss.Loss",
                        "ai.djl.translate.Translator",
                        "io.github.djlqat.extension.training.*",
                        "io.github.djlqat.fakequant.*",
                        "io.github.djlqat.mixedprecision.checkpoint.*",
                        "io.github.djlqat.recipe.*",
                        "java.nio.file.Path");
    }

    private static List<String> code(String heading) {
        return readme.blocks("java").stream()
                .filter(block -> block.heading().equals(heading))
                .map(MarkdownCode.Fenced::code)
                .toList();
    }

    private static ImageClassificationTranslator translator() {
        return ImageClassificationTranslator.builder()
                .optFlag(Image.Flag.GRAYSCALE)
                .addTransform(new ToTensor())
                .build();
    }

    private Path modelFolder() throws IOException {
        Networks.save(folder, 1);
        Files.write(folder.resolve("synset.txt"), List.of("left", "middle", "right"));
        SampleFiles.write(folder.resolve("samples"));
        return folder;
    }

    @Test
    void everyExampleIsRunHere() {
        assertThat(readme.blocks("java").stream().map(MarkdownCode.Fenced::heading))
                .containsExactly(
                        "Quantize a trained model in one call",
                        "Quantize a trained model in one call",
                        "Quantize what Criteria load",
                        "TorchScript",
                        "Entries of model zoos, and models behind http, jar or s3 URLs",
                        "Train",
                        "From 8 to 4 bits in one training, with checkpoints");
    }

    @Test
    void quantizeInOneCall() throws Exception {
        List<String> calls = code("Quantize a trained model in one call");
        try (Model model = Networks.model(1)) {
            snippet(calls.get(0))
                    .with("model", "Model", model)
                    .with(
                            "calibrationSet",
                            "Dataset",
                            Networks.data(model.getNDManager(), 16, 8, 2))
                    .run();
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
        try (Model model = Networks.model(1)) {
            snippet(calls.get(1)).with("model", "Model", model).run();
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    @Test
    void criteriaOfABlock() throws Exception {
        Image image = ImageFactory.getInstance().fromPixels(new int[64], 8, 8);

        Object criteria =
                snippet(readme.code("java", "Quantize what Criteria load"))
                        .withMember(NETWORK)
                        .with("folder", "Path", modelFolder())
                        .with("translator", "Translator<Image, Classifications>", translator())
                        .with("image", "Image", image)
                        .run("criteria");

        try (ZooModel<?, ?> model = ((Criteria<?, ?>) criteria).loadModel()) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    @Test
    void criteriaOfATorchScriptFile() throws Exception {
        Path file = Networks.saveTorchScript(folder.resolve("model.pt"), 1);
        Object loaded =
                snippet(readme.code("java", "TorchScript")).with("file", "Path", file).run("model");

        try (ZooModel<?, ?> model = (ZooModel<?, ?>) loaded;
                ZooModel<NDList, NDList> plain =
                        Criteria.builder()
                                .setTypes(NDList.class, NDList.class)
                                .optModelPath(file)
                                .build()
                                .loadModel()) {
            NDList test = Networks.images(plain.getNDManager(), 3, 5);
            assertThat(model.getBlock()).isInstanceOf(SymbolBlock.class);
            assertThat(Networks.outputs(model.getBlock(), plain.getNDManager(), test))
                    .isNotEqualTo(Networks.outputs(plain.getBlock(), plain.getNDManager(), test));
        }
    }

    @Test
    void criteriaOfAZoo() throws Exception {
        Object loaded =
                snippet(
                                readme.code(
                                        "java",
                                        "Entries of model zoos, and models behind http, jar or s3"
                                                + " URLs"))
                        .withMember(NETWORK)
                        .with("zoo", "ModelZoo", new Zoo(modelFolder()))
                        .with("translator", "Translator<Image, Classifications>", translator())
                        .run("model");

        try (ZooModel<?, ?> model = (ZooModel<?, ?>) loaded) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    @Test
    void servingProperties() throws Exception {
        Networks.saveTorchScript(folder.resolve("model.pt"), 1);
        Files.writeString(
                folder.resolve("serving.properties"), readme.code("properties", "DJL Serving"));

        try (ZooModel<NDList, NDList> model =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optApplication(Application.UNDEFINED)
                        .optModelPath(folder)
                        .build()
                        .loadModel()) {
            assertThat(model.getWrappedModel().getClass().getSimpleName())
                    .isEqualTo("QuantizedModel");
        }
    }

    @Test
    void training() throws Exception {
        try (Model model = Networks.model(1)) {
            NDManager manager = model.getNDManager();
            float[] before = Networks.outputs(model.getBlock(), manager, test(manager));

            snippet(readme.code("java", "Train"))
                    .with("model", "Model", model)
                    .with("input", "Shape", Networks.IMAGE)
                    .with("epochs", "int", 3)
                    .with("batchesPerEpoch", "int", 4)
                    .with("trainingSet", "Dataset", Networks.data(manager, 32, 8, 21))
                    .with("validationSet", "Dataset", Networks.data(manager, 16, 8, 22))
                    .run();

            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
            assertThat(Networks.outputs(model.getBlock(), manager, test(manager)))
                    .isNotEqualTo(before);
        }
    }

    private static NDList test(NDManager manager) {
        return Networks.images(manager, 4, 9);
    }

    @Test
    void fewerBitsInOneTraining() throws Exception {
        try (Model model = Networks.model(1)) {
            NDManager manager = model.getNDManager();
            QuantizedBlock block =
                    Quantization.prepare(model, Presets.named("int8"), Networks.IMAGE);
            Quantization.calibrate(model, Networks.data(manager, 32, 8, 21), 4);

            snippet(readme.code("java", "From 8 to 4 bits in one training, with checkpoints"))
                    .with("model", "Model", model)
                    .with("folder", "Path", folder)
                    .with("input", "Shape", Networks.IMAGE)
                    .with("calibrationSet", "Dataset", Networks.data(manager, 32, 8, 21))
                    .with("trainingSet", "Dataset", Networks.data(manager, 32, 8, 21))
                    .with("validationSet", "Dataset", Networks.data(manager, 16, 8, 22))
                    .run();

            assertThat(block.getQuantizers().values())
                    .allSatisfy(
                            quantizer ->
                                    assertThat(quantizer.getRecipe().scheme().format().bits())
                                            .isIn(4, 8));
            assertThat(
                            block.getQuantizers().values().stream()
                                    .filter(q -> block.isWeightQuantizer(q.getName()))
                                    .mapToInt(q -> q.getRecipe().scheme().format().bits())
                                    .toArray())
                    .containsOnly(4);
            try (var files = Files.list(folder)) {
                assertThat(files.toList()).isNotEmpty();
            }
        }
    }

    @Test
    void theListenersOfTheTableExist() throws Exception {
        String text = Files.readString(Path.of("README.md"));
        for (String name :
                Arrays.asList(
                        "FreezingListener",
                        "BitWidthListener",
                        "QuantizedEarlyStopping",
                        "QuantizationWarnings")) {
            assertThat(text).contains("| `" + name + "` |");
            Class.forName("io.github.djlqat.extension.training." + name);
        }
    }
}
