package io.github.djlqat.samples.benchmarks;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.safetensors.SafetensorsFile;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.Normalization;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder of ONNX files: for each network {@code NAME-fp32.onnx}, {@code NAME-int8.onnx} and the
 * images that its ranges were chosen with, {@code NAME-calibration.f32}, so that other quantizers
 * can be given the same.
 *
 * @param folder the folder
 */
record OnnxFiles(Path folder) {

    private static final int SEED = 1;
    private static final int RANDOM_IMAGES = 8;
    private static final int CALIBRATION_BATCH = 100;
    private static final int CALIBRATION_BATCHES = 10;

    Path fp32(OnnxNetwork network) {
        return folder.resolve(network.label() + "-fp32.onnx");
    }

    Path int8(OnnxNetwork network) {
        return folder.resolve(network.label() + "-int8.onnx");
    }

    /** The file that ONNX Runtime's own quantizer may have left there. */
    Path peer(OnnxNetwork network) {
        return folder.resolve(network.label() + "-peer.onnx");
    }

    /**
     * Writes the files of a network.
     *
     * @param weights ResNet-20's weights in a safetensors file; drawn from a seed where null
     * @param data the folder of CIFAR-10, whose first training images choose ResNet-20's ranges;
     *     Gaussian images where null
     */
    void write(OnnxNetwork network, @Nullable Path weights, @Nullable Path data)
            throws IOException, TranslateException {
        Files.createDirectories(folder);
        Seeds.set(SEED);
        try (Model model = Model.newInstance(network.label(), Device.cpu())) {
            NDManager manager = model.getNDManager();
            Block block = network.block();
            block.initialize(manager, DataType.FLOAT32, network.input(1));
            if (network == OnnxNetwork.RES_NET_20 && weights != null) {
                try (SafetensorsFile file = SafetensorsFile.open(weights)) {
                    SafetensorsLoader.builder()
                            .optNameMapper(CifarResNet::parameterName)
                            .build()
                            .load(file, block, manager);
                }
            }
            List<Graph> graphs = new ArrayList<>();
            for (int batch = 2; batch <= 3; batch++) {
                NDList zeros = new NDList(manager.zeros(network.input(batch)));
                graphs.add(GraphTracer.trace(block, manager, zeros));
            }
            export(graphs, fp32(network));
            List<NDList> images = calibration(network, manager, data);
            writeImages(images, folder.resolve(network.label() + "-calibration.f32"));
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named("int8"), network.input(1));
            Quantization.calibrate(prepared, manager, images);
            ConvertedModel converted = Quantization.convert(prepared);
            export(converted.graphs(), int8(network));
        }
    }

    private static void export(List<Graph> graphs, Path file) throws IOException {
        OnnxExporter.builder().build().export(graphs.get(0), graphs.get(1), file);
    }

    private static List<NDList> calibration(
            OnnxNetwork network, NDManager manager, @Nullable Path data)
            throws IOException, TranslateException {
        if (network != OnnxNetwork.RES_NET_20 || data == null) {
            return List.of(new NDList(manager.randomNormal(network.input(RANDOM_IMAGES))));
        }
        List<NDList> images = new ArrayList<>();
        ImageBatches batches =
                ImageBatches.builder()
                        .setImages(Cifar10.read(data).train())
                        .setNormalization(Normalization.imageNet())
                        .setSampling(CALIBRATION_BATCH, false)
                        .build();
        for (Batch batch : batches.getData(manager)) {
            try (batch) {
                images.add(new NDList(batch.getData().head().duplicate()));
                images.get(images.size() - 1).attach(manager);
            }
            if (images.size() == CALIBRATION_BATCHES) {
                break;
            }
        }
        return images;
    }

    private static void writeImages(List<NDList> images, Path file) throws IOException {
        try (var out = Files.newByteChannel(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
            for (NDList batch : images) {
                NDArray array = batch.head();
                ByteBuffer bytes =
                        ByteBuffer.allocate(Math.toIntExact(4 * array.size()))
                                .order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(array.toFloatArray());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
        }
    }
}
