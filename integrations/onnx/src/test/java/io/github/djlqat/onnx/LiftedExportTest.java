package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.lift.TorchScriptLifter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** TorchScript archives that Python wrote, as ONNX, in floating point and quantized. */
class LiftedExportTest {

    private static final String MODELS = "../torchscript/src/test/resources/lift/";
    private static final Path DATA = Path.of("../../../shared/data");
    private static final Path RESNET = DATA.resolve("resnet20/resnet20.pt");
    private static final Path CIFAR = DATA.resolve("cifar10/cifar-10-batches-bin");

    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(files = MODELS + "models.csv")
    void liftedModelsAreExported(String name, String inputs) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = TorchScriptLifter.create().lift(Path.of(MODELS + name + ".pt"), manager);
            BlockAgreement.check(
                    block,
                    (scope, batch) -> inputs(scope, inputs, batch),
                    folder.resolve("model.onnx"),
                    2,
                    5);
        }
    }

    private static NDList inputs(NDManager manager, String inputs, int batch) {
        NDList list = new NDList();
        for (String input : inputs.split(";")) {
            String[] words = input.split(" ");
            long[] sizes = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
            long[] shape = LongStream.concat(LongStream.of(batch), LongStream.of(sizes)).toArray();
            list.add(
                    words[0].equals("indices")
                            ? BlockAgreement.indices(manager, 20, shape)
                            : BlockAgreement.gaussians(manager, shape).singletonOrThrow());
        }
        return list;
    }

    /** A ResNet-20 that others trained and traced keeps its predictions on 1,000 images. */
    @Test
    void trainedNetworkKeepsItsPredictions() throws IOException, MalformedModelException {
        assumeTrue(Files.exists(RESNET) && Files.exists(CIFAR));
        try (NDManager manager = NDManager.newBaseManager();
                Model model = Model.newInstance("resnet20", "PyTorch")) {
            model.load(RESNET);
            Block lifted = TorchScriptLifter.create().lift(RESNET, manager);
            Path full = folder.resolve("resnet20.onnx");
            List<Graph> graphs =
                    IntStream.of(2, 3)
                            .mapToObj(n -> new NDList(manager.ones(new Shape(n, 3, 32, 32))))
                            .map(ones -> GraphTracer.trace(lifted, manager, ones))
                            .toList();
            OnnxExporter.builder().build().export(graphs.get(0), graphs.get(1), full);

            QuantizedBlock prepared =
                    Quantization.prepare(
                            lifted, manager, Presets.named("int8"), new Shape(1, 3, 32, 32));
            CifarBatches training = new CifarBatches(CIFAR.resolve("data_batch_1.bin"));
            Quantization.calibrate(
                    prepared,
                    manager,
                    IntStream.range(0, 8)
                            .mapToObj(i -> new NDList(training.images(manager, 64 * i, 64)))
                            .toList());
            ConvertedModel converted = Quantization.convert(prepared);
            Path quantized = folder.resolve("resnet20-int8.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(converted.graphs().get(0), converted.graphs().get(1), quantized);

            CifarBatches test = new CifarBatches(CIFAR.resolve("test_batch.bin"));
            int right = 0;
            int quantizedRight = 0;
            try (OnnxVerifier runtime = OnnxVerifier.load(full);
                    OnnxVerifier integers = OnnxVerifier.load(quantized)) {
                for (int from = 0; from < 1000; from += 250) {
                    try (NDManager scope = manager.newSubManager()) {
                        NDList images = new NDList(test.images(scope, from, 250));
                        long[] expected =
                                model.getBlock()
                                        .forward(new ParameterStore(scope, false), images, false)
                                        .singletonOrThrow()
                                        .argMax(1)
                                        .toLongArray();
                        assertThat(predictions(runtime, scope, images)).isEqualTo(expected);
                        right += test.right(expected, from);
                        quantizedRight += test.right(predictions(integers, scope, images), from);
                    }
                }
            }
            assertThat(right).isEqualTo(915);
            assertThat(quantizedRight).isGreaterThanOrEqualTo(905);
        }
    }

    private static long[] predictions(OnnxVerifier runtime, NDManager manager, NDList images)
            throws IOException {
        return runtime.run(manager, images).singletonOrThrow().argMax(1).toLongArray();
    }

    /** Images of CIFAR-10's binary files, normalised as the network was trained. */
    private static final class CifarBatches {
        private static final int PIXELS = 32 * 32;
        private static final int RECORD = 1 + 3 * PIXELS;
        private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
        private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

        private final byte[] bytes;

        CifarBatches(Path file) throws IOException {
            bytes = Files.readAllBytes(file);
        }

        NDArray images(NDManager manager, int from, int count) {
            float[] values = new float[count * 3 * PIXELS];
            for (int i = 0; i < values.length; i++) {
                int pixel = i % (3 * PIXELS);
                int at = (from + i / (3 * PIXELS)) * RECORD + 1 + pixel;
                int channel = pixel / PIXELS;
                values[i] = ((bytes[at] & 0xFF) / 255f - MEAN[channel]) / DEVIATION[channel];
            }
            return manager.create(values, new Shape(count, 3, 32, 32));
        }

        int right(long[] predicted, int from) {
            return (int)
                    IntStream.range(0, predicted.length)
                            .filter(i -> predicted[i] == bytes[(from + i) * RECORD])
                            .count();
        }
    }
}
