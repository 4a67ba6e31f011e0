package io.github.djlqat.mixedprecision.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.tracker.Tracker;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import io.github.djlqat.kernel.TensorKernel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerGoldensTest {

    private static final int STEPS = 50;

    private NDManager manager;

    private static JsonNode goldens() throws IOException {
        try (InputStream in = OptimizerGoldensTest.class.getResourceAsStream("goldens.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static Stream<String> cases() throws IOException {
        Iterable<String> names = () -> goldensUnchecked().get("cases").fieldNames();
        return StreamSupport.stream(names.spliterator(), false);
    }

    private static JsonNode goldensUnchecked() {
        try {
            return goldens();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static StatefulOptimizer optimizer(JsonNode golden) {
        JsonNode settings = golden.get("settings");
        return switch (golden.get("optimizer").asText()) {
            case "SGD" ->
                    configured(Sgd.builder(), settings)
                            .optMomentum(settings.path("momentum").asDouble(0))
                            .optDampening(settings.path("dampening").asDouble(0))
                            .optNesterov(settings.path("nesterov").asBoolean(false))
                            .build();
            case "Adam" -> adam(Adam.builder(), settings).build();
            default -> adam(AdamW.builder(), settings).build();
        };
    }

    private static <T extends StatefulOptimizerBuilder<T>> T configured(
            T builder, JsonNode settings) {
        if (settings.has("weight_decay")) {
            builder.optWeightDecays((float) settings.get("weight_decay").asDouble());
        }
        return builder.optLearningRateTracker(Tracker.fixed((float) settings.get("lr").asDouble()));
    }

    private static <T extends AdamBuilder<T>> T adam(T builder, JsonNode settings) {
        if (settings.has("betas")) {
            builder.optBeta1(settings.get("betas").get(0).asDouble());
            builder.optBeta2(settings.get("betas").get(1).asDouble());
        }
        if (settings.has("eps")) {
            builder.optEpsilon(settings.get("eps").asDouble());
        }
        return configured(builder, settings);
    }

    /**
     * Relative to the parameter: an element that passes through zero keeps the roundings of others.
     */
    private static void assertClose(NDArray actual, JsonNode expected, String what) {
        float[] values = actual.toFloatArray();
        assertThat(values).hasSize(expected.size());
        double greatest = 0;
        for (JsonNode element : expected) {
            greatest = Math.max(greatest, Math.abs(element.asDouble()));
        }
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                    .as("%s, element %s", what, i)
                    .isCloseTo(expected.get(i).asDouble(), within(1e-6 * greatest));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainsANetworkAsTorchDoes(String name) throws IOException {
        JsonNode golden = goldens().get("cases").get(name);
        List<NDArray> weights = new ArrayList<>();
        long[][] shapes = {{8, 6}, {8}, {3, 8}, {3}};
        for (int i = 0; i < shapes.length; i++) {
            NDArray weight = NumberStream.array(manager, 100 + i, shapes[i]).mul(0.5f);
            weight.setRequiresGradient(true);
            weights.add(weight);
        }
        try (StatefulOptimizer optimizer = optimizer(golden)) {
            for (int step = 1; step <= STEPS; step++) {
                NDArray x = NumberStream.array(manager, 200 + step % 4, 16, 6);
                NDArray y = NumberStream.array(manager, 300 + step % 4, 16, 3);
                try (GradientCollector collector =
                        Engine.getEngine("PyTorch").newGradientCollector()) {
                    NDArray h = linear(x, weights.get(0), weights.get(1)).tanh();
                    NDArray error = linear(h, weights.get(2), weights.get(3)).sub(y);
                    collector.backward(error.square().mean());
                }
                for (int i = 0; i < weights.size(); i++) {
                    try (NDArray gradient = weights.get(i).getGradient().duplicate()) {
                        optimizer.update("w" + i, weights.get(i), gradient);
                    }
                }
                JsonNode kept = golden.get("network").get(Integer.toString(step));
                for (int i = 0; kept != null && i < weights.size(); i++) {
                    assertClose(weights.get(i), kept.get(i), name + " step " + step + " w" + i);
                }
            }
        }
    }

    private static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
    }

    private NDArray gradient(int step) {
        NDArray x = NumberStream.array(manager, 400 + step, 64);
        return x.mul(x).mul(x);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsGivenGradientsAsTorchDoes(String name) throws IOException {
        JsonNode golden = goldens().get("cases").get(name);
        NDArray weight = NumberStream.array(manager, 1, 64);
        try (StatefulOptimizer optimizer = optimizer(golden)) {
            for (int step = 1; step <= STEPS; step++) {
                optimizer.update("w", weight, gradient(step));
            }
        }
        assertClose(weight, golden.get("gradients"), name);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesTheSameInPlainArrayOperations(String name) throws IOException {
        JsonNode golden = goldens().get("cases").get(name);
        NDArray weight = NumberStream.array(manager, 1, 64);
        Shape shape = weight.getShape();
        try (Kernels kernels = new NDArrayKernels();
                StatefulOptimizer optimizer = optimizer(golden)) {
            NDList inputs = new NDList(weight, weight);
            optimizer.slots(shape).forEach(s -> inputs.add(manager.zeros(s.shape(), s.dataType())));
            JsonNode settings = golden.get("settings");
            double rate = (float) settings.get("lr").asDouble();
            double decay =
                    settings.path("weight_decay").asDouble(name.startsWith("adamw") ? 0.01 : 0);
            for (int step = 1; step <= STEPS; step++) {
                inputs.set(1, gradient(step));
                TensorKernel kernel =
                        optimizer.kernel(new StepContext(step, rate, decay, 1, -1), shape);
                kernels.run(manager, kernel, inputs);
            }
        }
        assertClose(weight, golden.get("gradients"), name);
    }

    @Test
    void averagesWeightsAsTorchDoes() throws IOException {
        NDArray weight = NumberStream.array(manager, 500, 4, 4);
        Block block = Weights.block(weight);
        try (WeightEma average = WeightEma.builder(block).optDecay(0.9).build()) {
            for (int step = 0; step < 5; step++) {
                NumberStream.array(manager, 500 + step, 4, 4).copyTo(weight);
                average.update();
            }
            float[] last = weight.toFloatArray();
            try (WeightEma.Applied applied = average.apply()) {
                assertClose(weight, goldens().get("ema"), "average");
            }
            assertThat(weight.toFloatArray()).isEqualTo(last);
        }
    }

    @Test
    void theGoldensAreThoseOfTheVersionThatIsNamed() throws IOException {
        assertThat(goldens().get("versions").get("torch").asText()).startsWith("2.13");
    }
}
