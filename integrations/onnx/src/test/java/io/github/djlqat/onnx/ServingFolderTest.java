package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.translator.ImageClassificationTranslatorFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Translator;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.recipe.Presets;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models served by DJL's PyTorch engine, and their exports by its OnnxRuntime engine. */
class ServingFolderTest {

    private static final List<String> CLASSES =
            List.of("zero", "one", "two", "drei", "vier", "cinq", "six", "sept", "otto", "nové");
    private static final Map<String, String> ARGUMENTS =
            Map.of(
                    "width", "16",
                    "height", "16",
                    "resize", "true",
                    "toTensor", "true",
                    "normalize", "0.485,0.456,0.406,0.229,0.224,0.225",
                    "applySoftmax", "true");

    @TempDir Path folder;

    private static ServingFolder.Builder builder() {
        ServingFolder.Builder builder =
                ServingFolder.builder()
                        .setTranslatorFactory(ImageClassificationTranslatorFactory.class)
                        .optOption("intraOpNumThreads", "1")
                        .optClasses(CLASSES);
        ARGUMENTS.forEach(builder::optArgument);
        return builder;
    }

    /** Serves images, and does not know by which engine. */
    private static List<Classifications> serve(Path model, List<Image> images, String engine)
            throws Exception {
        Criteria<Image, Classifications> criteria =
                Criteria.builder()
                        .setTypes(Image.class, Classifications.class)
                        .optModelPath(model)
                        .build();
        try (ZooModel<Image, Classifications> loaded = criteria.loadModel();
                Predictor<Image, Classifications> predictor = loaded.newPredictor()) {
            assertThat(loaded.getNDManager().getEngine().getEngineName()).isEqualTo(engine);
            return predictor.batchPredict(images);
        }
    }

    private static List<Image> images(int count) {
        Random random = new Random(3);
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(20, 18, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    image.setRGB(x, y, random.nextInt(1 << 24));
                }
            }
            images.add(ImageFactory.getInstance().fromImage(image));
        }
        return images;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servingDoesNotDependOnTheEngine(boolean externalData) throws Exception {
        Engine.getInstance().setRandomSeed(11);
        List<Image> images = images(5);
        try (Model model = Model.newInstance("user")) {
            NDManager manager = model.getNDManager();
            Block block = new UserBlock();
            Shape input = new Shape(1, 3, 16, 16);
            block.initialize(manager, DataType.FLOAT32, input);
            OnnxExporter.Builder exporter = OnnxExporter.builder();
            if (externalData) {
                exporter.optExternalData(100);
            }
            List<Graph> graphs = new ArrayList<>();
            for (int batch = 2; batch <= 3; batch++) {
                NDList zeros = new NDList(manager.zeros(new Shape(batch, 3, 16, 16)));
                graphs.add(GraphTracer.trace(block, manager, zeros));
            }
            Path single = folder.resolve("single");
            builder().build().write(exporter.build(), graphs.get(0), graphs.get(1), single);
            assertAgrees(
                    serve(single, images, "OnnxRuntime"),
                    predict(model, block, single, images),
                    1e-4);

            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named("int8"), input);
            NDArray calibration = manager.randomNormal(new Shape(8, 3, 16, 16));
            Quantization.calibrate(prepared, manager, List.of(new NDList(calibration)));
            ConvertedModel converted = Quantization.convert(prepared);
            Path integers = folder.resolve("integers");
            builder()
                    .build()
                    .write(
                            exporter.build(),
                            converted.graphs().get(0),
                            converted.graphs().get(1),
                            integers);
            assertAgrees(
                    serve(integers, images, "OnnxRuntime"),
                    predict(model, converted.block(), integers, images),
                    0.01);
        }
    }

    /** Predicts with the block itself, with the translator that the folder's arguments make. */
    private static List<Classifications> predict(
            Model model, Block block, Path folder, List<Image> images) throws Exception {
        model.setBlock(block);
        model.setDataType(DataType.FLOAT32);
        Map<String, String> arguments = new HashMap<>(ARGUMENTS);
        arguments.put("synset", String.join(",", CLASSES));
        Translator<Image, Classifications> translator =
                new ImageClassificationTranslatorFactory()
                        .newInstance(Image.class, Classifications.class, model, arguments);
        try (Predictor<Image, Classifications> predictor = model.newPredictor(translator)) {
            return predictor.batchPredict(images);
        }
    }

    private static void assertAgrees(
            List<Classifications> actual, List<Classifications> expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            for (String name : CLASSES) {
                assertThat(actual.get(i).get(name).getProbability())
                        .isCloseTo(expected.get(i).get(name).getProbability(), within(tolerance));
            }
        }
    }

    @Test
    void theFolderIsTheSameEachTime() throws Exception {
        Graph graph = rectifier(2);
        Graph other = rectifier(3);
        ServingFolder serving = builder().build();
        serving.write(OnnxExporter.builder().build(), graph, other, folder);
        String properties = Files.readString(folder.resolve("serving.properties"));
        assertThat(properties.lines())
                .startsWith("applySoftmax=true", "engine=OnnxRuntime")
                .contains(
                        "option.intraOpNumThreads=1",
                        "translatorFactory="
                                + ImageClassificationTranslatorFactory.class.getName());
        assertThat(Files.readAllLines(folder.resolve("synset.txt"))).isEqualTo(CLASSES);
        serving.write(OnnxExporter.builder().build(), graph, other, folder);
        assertThat(Files.readString(folder.resolve("serving.properties"))).isEqualTo(properties);
    }

    private static Graph rectifier(int batch) {
        QuantizedGraphs graphs = new QuantizedGraphs(1, batch, 3);
        Argument input = QuantizedGraphs.ref(graphs.input());
        return graphs.graph(graphs.add("relu", "relu", new Shape(batch, 3), input));
    }

    @Test
    void whatDjlWouldMisreadIsRefused() throws IOException {
        assertThatThrownBy(() -> builder().optArgument("engine", "PyTorch"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("engine");
        assertThatThrownBy(() -> builder().optArgument("option.x", "1"))
                .hasMessageContaining("option.x");
        assertThatThrownBy(() -> builder().optOption(" ", "1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().optClasses(List.of("a", "b\nc")))
                .hasMessageContaining("b\nc");
        assertThatThrownBy(() -> ServingFolder.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("translator factory");
    }
}
