package io.github.djlqat.samples.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.util.Pair;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.samples.common.TestData;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.Normalization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CifarResNetTest {

    @ParameterizedTest
    @CsvSource({
        "conv1.weight, conv1_weight",
        "bn1.weight, bn1_gamma",
        "bn1.bias, bn1_beta",
        "layer2.0.bn2.running_mean, layer2_0_bn2_runningMean",
        "layer3.2.bn1.running_var, layer3_2_bn1_runningVar",
        "layer1.1.conv2.weight, layer1_1_conv2_weight",
        "linear.bias, linear_bias"
    })
    void namesFollowThePyTorchModel(String torchName, String name) {
        assertThat(CifarResNet.parameterName(torchName)).isEqualTo(name);
        try (NDManager manager = NDManager.newBaseManager()) {
            CifarResNet net = CifarResNet.resNet20();
            net.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            assertThat(net.getParameters().keys()).contains(name);
        }
    }

    @Test
    void hasTwentyLayersAnd269722TrainedValues() {
        try (NDManager manager = NDManager.newBaseManager()) {
            CifarResNet net = CifarResNet.resNet20();
            net.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            long weights =
                    net.getParameters().values().stream()
                            .filter(p -> p.getType() == Parameter.Type.WEIGHT)
                            .count();
            long values =
                    net.getParameters().values().stream()
                            .filter(Parameter::requiresGradient)
                            .mapToLong(p -> p.getArray().size())
                            .sum();
            assertThat(weights).isEqualTo(20);
            assertThat(values).isEqualTo(269_722);
            assertThat(net.getOutputShapes(new Shape[] {new Shape(5, 3, 32, 32)}))
                    .containsExactly(new Shape(5, 10));
        }
    }

    @Test
    void shortcutTakesEverySecondPixelBetweenZeroChannels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray input =
                    manager.arange(2 * 2 * 4 * 4)
                            .toType(DataType.FLOAT32, false)
                            .reshape(2, 2, 4, 4);
            NDArray output = CifarResNet.subsampleAndPad(input, 4);
            assertThat(output.getShape()).isEqualTo(new Shape(2, 4, 2, 2));
            for (int n = 0; n < 2; n++) {
                for (int c = 0; c < 4; c++) {
                    for (int h = 0; h < 2; h++) {
                        for (int w = 0; w < 2; w++) {
                            float expected =
                                    c == 0 || c == 3
                                            ? 0
                                            : ((n * 2 + c - 1) * 4 + 2 * h) * 4 + 2 * w;
                            assertThat(output.getFloat(n, c, h, w)).isEqualTo(expected);
                        }
                    }
                }
            }
        }
    }

    @Test
    void outputOfAnImageDoesNotDependOnTheBatch() {
        try (NDManager manager = NDManager.newBaseManager()) {
            CifarResNet net = CifarResNet.resNet20();
            net.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            ParameterStore store = new ParameterStore(manager, false);
            NDArray images = manager.randomNormal(new Shape(3, 3, 32, 32));
            float[] together =
                    net.forward(store, new NDList(images), false).singletonOrThrow().toFloatArray();
            float[] alone =
                    net.forward(store, new NDList(images.get("2:3")), false)
                            .singletonOrThrow()
                            .toFloatArray();
            for (int i = 0; i < 10; i++) {
                assertThat(alone[i]).isCloseTo(together[20 + i], within(1e-4f));
            }
        }
    }

    @Test
    void givenWeightsClassify915OfTheFirstThousandTestImages() throws IOException {
        Path weights = TestData.require("resnet20").resolve("resnet20.safetensors");
        Path images = TestData.require("cifar10");
        try (NDManager manager = NDManager.newBaseManager()) {
            CifarResNet net = CifarResNet.resNet20();
            net.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            load(weights, net, manager);
            ImageBatches batches =
                    ImageBatches.builder()
                            .setImages(Cifar10.readTest(images))
                            .setNormalization(Normalization.imageNet())
                            .setSampling(100, false)
                            .build();
            ParameterStore store = new ParameterStore(manager, false);
            int correct = 0;
            for (Batch batch : batches.getData(manager)) {
                try (batch) {
                    long[] found =
                            net.forward(store, batch.getData(), false)
                                    .head()
                                    .argMax(1)
                                    .toLongArray();
                    long[] labels = batch.getLabels().head().toLongArray();
                    for (int i = 0; i < found.length; i++) {
                        correct += found[i] == labels[i] ? 1 : 0;
                    }
                }
            }
            assertThat(correct).isEqualTo(915);
        }
    }

    /** Sets every parameter from a file of FP32 tensors. */
    private static void load(Path file, CifarResNet net, NDManager manager) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(bytes.getLong(0));
        JsonNode header =
                new ObjectMapper()
                        .readTree(new String(bytes.array(), 8, length, StandardCharsets.UTF_8));
        Map<String, Parameter> parameters = new HashMap<>();
        for (Pair<String, Parameter> pair : net.getParameters()) {
            parameters.put(pair.getKey(), pair.getValue());
        }
        for (Iterator<Map.Entry<String, JsonNode>> it = header.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            if (entry.getKey().equals("__metadata__")) {
                continue;
            }
            int begin = entry.getValue().get("data_offsets").get(0).asInt() + 8 + length;
            Parameter parameter = parameters.remove(CifarResNet.parameterName(entry.getKey()));
            assertThat(parameter).as(entry.getKey()).isNotNull();
            float[] values = new float[Math.toIntExact(parameter.getArray().size())];
            bytes.position(begin);
            bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            try (NDArray array = manager.create(values, parameter.getArray().getShape())) {
                array.copyTo(parameter.getArray());
            }
        }
        assertThat(parameters).isEmpty();
    }
}
