package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds results and gradients to torch's autocast, and rounded operands to the scalar codec. */
class AutocastValuesTest {

    /** Convolution, relu, batch normalization, addition, average pooling, linear. */
    private static final class Network extends AbstractBlock {

        private final List<Parameter> parameters = new ArrayList<>();

        Network() {
            weight("conv", new Shape(4, 3, 3, 3));
            weight("convBias", new Shape(4));
            weight("gamma", new Shape(4));
            weight("beta", new Shape(4));
            weight("linear", new Shape(5, 4));
            weight("linearBias", new Shape(5));
        }

        private void weight(String name, Shape shape) {
            parameters.add(
                    addParameter(
                            Parameter.builder()
                                    .setName(name)
                                    .setType(Parameter.Type.OTHER)
                                    .optInitializer(Initializer.ONES)
                                    .optShape(shape)
                                    .build()));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.head();
            NDArray[] p =
                    parameters.stream()
                            .map(one -> store.getValue(one, x.getDevice(), training))
                            .toArray(NDArray[]::new);
            Shape one = new Shape(1, 1);
            NDArray a = x.getNDArrayInternal().convolution(x, p[0], p[1], one, one, one, 1).head();
            NDArray r = a.getNDArrayInternal().relu();
            NDArray mean = x.getManager().zeros(new Shape(4));
            NDArray variance = x.getManager().ones(new Shape(4));
            NDArray b =
                    r.getNDArrayInternal()
                            .batchNorm(r, mean, variance, p[2], p[3], 1, 0.9f, 1e-5f, true)
                            .head();
            NDArray pooled = b.add(r).getNDArrayInternal().globalAvgPool();
            NDArray y = pooled.getNDArrayInternal().linear(pooled, p[4], p[5]).head();
            return new NDList(y, a);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape(inputShapes[0].get(0), 5)};
        }
    }

    static Stream<Arguments> cases() {
        return Goldens.cases("autocast_values.json")
                .flatMap(
                        golden ->
                                Stream.of(Computation.SIMULATED, Computation.NATIVE)
                                        .map(c -> Arguments.of(golden, c)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesAsTorch(JsonNode golden, Computation computation) {
        Precision precision =
                golden.get("dtype").asText().equals("float16")
                        ? Precision.FLOAT16
                        : Precision.BFLOAT16;
        double ulp = precision.format().epsilon();
        Network network = new Network();
        try (Model model = Training.model(network)) {
            NDManager manager = model.getNDManager();
            network.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 6, 6));
            network.getParameters()
                    .forEach(
                            pair ->
                                    pair.getValue()
                                            .getArray()
                                            .set(
                                                    Goldens.floats(
                                                            golden.get("parameters")
                                                                    .get(pair.getKey()))));
            Autocast settings =
                    Autocast.builder().setPrecision(precision).optComputation(computation).build();
            try (AutocastBlock block = new AutocastBlock(network, settings, manager);
                    GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray x = manager.create(Goldens.floats(golden.get("x")), new Shape(2, 3, 6, 6));
                NDList outputs =
                        block.forward(new ParameterStore(manager, false), new NDList(x), true);
                assertThat(outputs.get(1).toFloatArray())
                        .containsExactly(
                                Goldens.floats(golden.get("convolution")),
                                within((float) (4 * ulp)));
                assertThat(outputs.get(0).toFloatArray())
                        .containsExactly(
                                Goldens.floats(golden.get("output")), within((float) (4 * ulp)));
                NDArray labels = manager.create(Goldens.floats(golden.get("labels")));
                NDArray loss =
                        Loss.softmaxCrossEntropyLoss()
                                .evaluate(new NDList(labels), new NDList(outputs.get(0)));
                collector.backward(loss.mul(64));
            }
            network.getParameters()
                    .forEach(
                            pair -> {
                                float[] expected =
                                        Goldens.floats(golden.get("gradients").get(pair.getKey()));
                                float largest = 0;
                                for (float value : expected) {
                                    largest = Math.max(largest, Math.abs(value));
                                }
                                assertThat(pair.getValue().getArray().getGradient().toFloatArray())
                                        .as(pair.getKey())
                                        .containsExactly(
                                                expected, within((float) (largest * 8 * ulp)));
                            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"TF32", "BFLOAT16", "FLOAT16", "FLOAT8"})
    void roundsOperandsAsTheCodec(Precision precision) {
        Random random = new Random(60);
        float[] x = Training.normal(random, 6 * 16, 20);
        float[] w = Training.normal(random, 4 * 16, 0.01f);
        Autocast settings =
                Autocast.builder()
                        .setPrecision(precision)
                        .optComputation(Computation.SIMULATED)
                        .optDelayedScaling(new DelayedScaling(4, 0, false))
                        .build();
        try (Model model = Training.model(Linear.builder().setUnits(4).optBias(false).build());
                NDManager manager = model.getNDManager().newSubManager()) {
            model.getBlock().initialize(manager, DataType.FLOAT32, new Shape(6, 16));
            model.getBlock().getParameters().get("weight").getArray().set(w);
            try (AutocastBlock block = new AutocastBlock(model.getBlock(), settings, manager)) {
                float scaleX = 1;
                float scaleW = 1;
                for (int step = 0; step < 2; step++) {
                    float[] actual =
                            block.forward(
                                            new ParameterStore(manager, false),
                                            new NDList(manager.create(x, new Shape(6, 16))),
                                            true)
                                    .head()
                                    .toFloatArray();
                    for (int i = 0; i < 6; i++) {
                        for (int j = 0; j < 4; j++) {
                            double sum = 0;
                            double magnitude = 0;
                            for (int k = 0; k < 16; k++) {
                                double product =
                                        rounded(precision, x[16 * i + k], scaleX)
                                                * rounded(precision, w[16 * j + k], scaleW);
                                sum += product;
                                magnitude += Math.abs(product);
                            }
                            double ulp =
                                    precision == Precision.BFLOAT16
                                                    || precision == Precision.FLOAT16
                                            ? precision.format().epsilon()
                                            : 0;
                            assertThat((double) actual[4 * i + j])
                                    .isCloseTo(
                                            sum,
                                            within(magnitude * 1e-6 + Math.abs(sum) * ulp + 1e-12));
                        }
                    }
                    if (precision == Precision.FLOAT8) {
                        scaleX = 448 / largest(x);
                        scaleW = 448 / largest(w);
                        assertThat(block.getAmaxHistories().get("weight").scale())
                                .isEqualTo(scaleW);
                    }
                }
            }
        }
    }

    private static double rounded(Precision precision, float x, float scale) {
        FloatFormat format = precision.format();
        Overflow overflow = precision == Precision.FLOAT8 ? Overflow.SATURATE : Overflow.NON_FINITE;
        return FloatCodec.round(format, x * scale, Rounding.HALF_EVEN, overflow) * (1 / scale);
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
