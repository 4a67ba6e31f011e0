package io.github.djlqat.extension.criteria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Application;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.extension.Zoo;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code Criteria} with the option, as DJL loads them. */
class CriteriaTest {

    private static final Recipe INT8 = Presets.named("int8");

    @TempDir Path folder;

    private Criteria.Builder<NDList, NDList> blockIn(Path path) {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(path)
                .optModelName("net")
                .optBlock(Networks.block());
    }

    private static Criteria.Builder<NDList, NDList> fileAt(Path path) {
        return Criteria.builder().setTypes(NDList.class, NDList.class).optModelPath(path);
    }

    /** What the loaded model computes, as a predictor gives it. */
    private static float[] predict(ZooModel<NDList, NDList> model) throws Exception {
        NDManager manager = model.getNDManager();
        try (NDManager scope = manager.newSubManager();
                var predictor = model.newPredictor()) {
            NDList outputs = predictor.predict(Networks.images(scope, 5, 3));
            float[] values = outputs.singletonOrThrow().toFloatArray();
            outputs.close();
            return values;
        }
    }

    /** What the model of a seed computes after a change. */
    private static float[] expected(long seed, Consumer<Model> change) {
        try (Model model = Networks.model(seed)) {
            change.accept(model);
            return Networks.outputs(
                    model.getBlock(),
                    model.getNDManager(),
                    Networks.images(model.getNDManager(), 5, 3));
        }
    }

    private static float[] expectedInt8(long seed) {
        return expected(
                seed,
                model ->
                        Quantization.quantize(
                                model,
                                INT8,
                                Networks.batches(model.getNDManager()),
                                Networks.IMAGE));
    }

    @Test
    void withoutTheOptionAllIsAsDjlHasIt() throws Exception {
        Networks.save(folder, 1);

        try (ZooModel<NDList, NDList> model = blockIn(folder).build().loadModel()) {
            assertThat(model.getWrappedModel().getClass().getName())
                    .isEqualTo("ai.djl.pytorch.engine.PtModel");
            assertThat(predict(model)).isEqualTo(expected(1, plain -> {}));
        }
        assertThat(Engine.getDefaultEngineName()).isEqualTo("PyTorch");
    }

    @Test
    void aBlockIsQuantizedByWeightsAlone() throws Exception {
        Networks.save(folder, 1);

        try (ZooModel<NDList, NDList> model =
                blockIn(folder).optOption("quantization", "int8-weight-only").build().loadModel()) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
            assertThat(predict(model))
                    .isEqualTo(
                            expected(
                                    1,
                                    plain ->
                                            Quantization.quantize(
                                                    plain, Presets.named("int8-weight-only"))))
                    .isNotEqualTo(expected(1, plain -> {}));
        }
    }

    @Test
    void samplesChooseTheRangesOfActivations() throws Exception {
        Networks.save(folder, 1);
        SampleFiles.write(folder.resolve("samples"));

        try (ZooModel<NDList, NDList> model =
                blockIn(folder)
                        .optOption("quantization", "int8")
                        .optOption("calibration", "samples")
                        .build()
                        .loadModel()) {
            assertThat(predict(model)).isEqualTo(expectedInt8(1));
        }
    }

    @Test
    void aModelThatWasSavedPreparedBringsItsScales() throws Exception {
        Path prepared = folder.resolve("prepared");
        Path plain = Networks.save(folder.resolve("plain"), 2);
        try (Model model = Networks.model(1)) {
            Quantization.prepare(model, INT8, Networks.IMAGE);
            Quantization.calibrate(
                    (QuantizedBlock) model.getBlock(),
                    model.getNDManager(),
                    Networks.batches(model.getNDManager()));
            model.save(prepared, "net");
        }

        try (ZooModel<NDList, NDList> model =
                        blockIn(prepared).optOption("quantization", "int8").build().loadModel();
                ZooModel<NDList, NDList> other =
                        blockIn(plain)
                                .optOption("quantization", "int8")
                                .optOption(
                                        "calibration",
                                        prepared.resolve("net-0000.params").toString())
                                .build()
                                .loadModel()) {
            assertThat(predict(model)).isEqualTo(expectedInt8(1));
            assertThat(predict(other)).isEqualTo(expectedInt8(1));
        }
        assertThatThrownBy(
                        () ->
                                blockIn(prepared)
                                        .optOption("quantization", "int8-symmetric")
                                        .build()
                                        .loadModel())
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("The file holds the quantizer");
    }

    @Test
    void aModelOfTheEngineQuantizesItself() throws Exception {
        Networks.save(folder, 1);
        try (Model model = Model.newInstance("net", QuantizedEngine.NAME)) {
            model.setBlock(Networks.block());
            model.load(folder);

            model.quantize();

            NDManager manager = model.getNDManager();
            assertThat(Networks.outputs(model.getBlock(), manager, Networks.images(manager, 5, 3)))
                    .isEqualTo(
                            expected(
                                    1,
                                    plain ->
                                            Quantization.quantize(
                                                    plain, Presets.named("int8-weight-only"))));
        }
    }

    @Test
    void aRecipeOfOnesOwnIsRead() throws Exception {
        Networks.save(folder, 1);
        Files.writeString(
                folder.resolve("mine.yaml"),
                RecipeWriter.toYaml(Presets.named("int4-weight-only").withName("mine")));

        try (ZooModel<NDList, NDList> model =
                blockIn(folder).optOption("quantization", "mine.yaml").build().loadModel()) {
            assertThat(predict(model))
                    .isEqualTo(
                            expected(
                                    1,
                                    plain ->
                                            Quantization.quantize(
                                                    plain, Presets.named("int4-weight-only"))));
        }
    }

    @Test
    void aTorchScriptFileIsQuantized() throws Exception {
        Path file = Networks.saveTorchScript(folder.resolve("net.pt"), 1);
        SampleFiles.write(folder.resolve("samples"));
        float[] expected;
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.load(file);
            Quantization.quantize(model, INT8, Networks.batches(model.getNDManager()));
            expected =
                    Networks.outputs(
                            model.getBlock(),
                            model.getNDManager(),
                            Networks.images(model.getNDManager(), 5, 3));
        }

        for (Path path : List.of(file, folder)) {
            try (ZooModel<NDList, NDList> model =
                    fileAt(path)
                            .optModelName("net")
                            .optOption("quantization", "int8")
                            .optOption("calibration", "samples")
                            .build()
                            .loadModel()) {
                assertThat(model.getBlock()).isInstanceOf(SymbolBlock.class);
                assertThat(predict(model)).isEqualTo(expected);
            }
        }
    }

    @Test
    void urlsAndServingPropertiesWorkToo() throws Exception {
        Networks.saveTorchScript(folder.resolve("model.pt"), 1);
        float[] quantized;
        try (ZooModel<NDList, NDList> model =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelUrls(folder.toUri().toString())
                        .optOption("quantization", "int8-weight-only")
                        .build()
                        .loadModel()) {
            quantized = predict(model);
        }
        Files.writeString(
                folder.resolve("serving.properties"),
                "engine=QuantizedPyTorch\noption.quantization=int8-weight-only\n");

        try (ZooModel<NDList, NDList> model = fileAt(folder).build().loadModel()) {
            assertThat(predict(model)).isEqualTo(quantized);
        }
    }

    @Test
    void anEntryOfAZooIsQuantizedWhereTheEngineIsNamed() throws Exception {
        Networks.save(folder, 1);

        try (ZooModel<NDList, NDList> model =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optApplication(Application.CV.IMAGE_CLASSIFICATION)
                        .optModelZoo(new Zoo(folder))
                        .optArtifactId("net")
                        .optModelName("net")
                        .optBlock(Networks.block())
                        .optArgument("engine", QuantizedEngine.NAME)
                        .optOption("quantization", "int8-weight-only")
                        .build()
                        .loadModel()) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    @Test
    void anEngineThatWouldLeaveTheQuantizationOutIsRefused() throws Exception {
        Networks.save(folder, 1);
        Networks.saveTorchScript(folder.resolve("net.pt"), 1);

        for (Criteria.Builder<NDList, NDList> builder :
                List.of(blockIn(folder), fileAt(folder.resolve("net.pt")))) {
            assertThatThrownBy(
                            () ->
                                    builder.optEngine("PyTorch")
                                            .optOption("quantization", "int8-weight-only")
                                            .build()
                                            .loadModel())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("leave out optEngine")
                    .hasMessageContaining("QuantizedPyTorch");
        }
        try (ZooModel<NDList, NDList> model =
                blockIn(folder)
                        .optEngine(QuantizedEngine.NAME)
                        .optOption("quantization", "int8-weight-only")
                        .build()
                        .loadModel()) {
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
        assertThatThrownBy(
                        () ->
                                blockIn(folder)
                                        .optArgument("engine", "OnnxRuntime")
                                        .optOption("quantization", "int8-weight-only")
                                        .build()
                                        .loadModel())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names OnnxRuntime");
    }

    private void refused(String problem, String... options) {
        Criteria.Builder<NDList, NDList> builder = blockIn(folder);
        for (int i = 0; i < options.length; i += 2) {
            builder.optOption(options[i], options[i + 1]);
        }
        assertThatThrownBy(() -> builder.build().loadModel())
                .isInstanceOfAny(
                        IllegalArgumentException.class,
                        IOException.class,
                        UncheckedIOException.class,
                        MalformedModelException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void optionsThatAreNotLegalAreRefused() throws Exception {
        Networks.save(folder, 1);
        Files.createDirectory(folder.resolve("empty"));
        Files.write(folder.resolve("broken.npy"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("broken.npz"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("broken.params"), new byte[] {1, 2, 3});
        Files.writeString(folder.resolve("broken.yaml"), "weights: {format: int99}");
        Files.writeString(folder.resolve("text.txt"), "text");

        refused("int8-weight-only", "quantization", "int7");
        refused("is empty", "quantization", " ");
        refused("int99", "quantization", "broken.yaml");
        refused("neither in the model's folder", "quantization", "none.yaml");
        refused("add the option \"calibration\"", "quantization", "int8");
        assertThatThrownBy(
                        () ->
                                blockIn(folder)
                                        .optEngine(QuantizedEngine.NAME)
                                        .optOption("calibration", "samples")
                                        .build()
                                        .loadModel())
                .hasMessageContaining("without \"quantization\"");
        refused("names none", "quantization", "int8", "calibration", "none");
        refused("no .npy or .npz", "quantization", "int8", "calibration", "empty");
        refused("legal are .npy", "quantization", "int8", "calibration", "text.txt");
        refused("does not begin as", "quantization", "int8", "calibration", "broken.npy");
        refused("is no whole .npz file", "quantization", "int8", "calibration", "broken.npz");
        refused("is not a parameter file", "quantization", "int8", "calibration", "broken.params");
        refused(
                "add the option \"calibration\"",
                "quantization",
                "int8",
                "calibration",
                folder.resolve("net-0000.params").toString());
        refused("legal are positive sizes", "quantization", "int8", "inputShape", "1,x");
        refused("legal are positive sizes", "quantization", "int8", "inputShape", "1,-3,2");
        refused("is empty", "quantization", "int8", "inputShape", "");
    }
}
