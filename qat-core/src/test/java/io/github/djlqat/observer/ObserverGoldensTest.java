package io.github.djlqat.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with torch's observers and fake quantization; observer_goldens.py wrote the values. */
class ObserverGoldensTest {

    private static final JsonNode GOLDENS = goldens();

    private static JsonNode goldens() {
        try (InputStream stream = ObserverGoldensTest.class.getResourceAsStream("goldens.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> observers() {
        return cases("observers");
    }

    static List<JsonNode> histograms() {
        return cases("histograms");
    }

    static List<JsonNode> fakeQuantization() {
        return cases("fakeQuantization");
    }

    static List<JsonNode> entropy() {
        return cases("entropy");
    }

    private static List<JsonNode> cases(String name) {
        return StreamSupport.stream(GOLDENS.get(name).spliterator(), false).toList();
    }

    private static IntegerFormat format(JsonNode node) {
        return switch (node.get("format").asText()) {
            case "quint8" -> IntegerFormat.UINT8;
            case "qint8" -> IntegerFormat.INT8;
            case "narrow8" -> IntegerFormat.INT8.withNarrowRange(true);
            case "int4" -> IntegerFormat.INT4;
            case "uint4" -> IntegerFormat.UINT4;
            default -> IntegerFormat.parse(node.get("format").asText());
        };
    }

    private static QuantizationScheme scheme(JsonNode node) {
        int axis = node.get("axis").asInt();
        return new QuantizationScheme(
                format(node),
                node.get("symmetric").asBoolean() ? Symmetry.SYMMETRIC : Symmetry.AFFINE,
                axis < 0 ? Granularity.PER_TENSOR : new Granularity.PerChannel(axis));
    }

    private static float[] floats(JsonNode node) {
        float[] values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) node.get(i).asDouble();
        }
        return values;
    }

    private static Observer feed(Observer observer, JsonNode node) {
        Shape shape =
                new Shape(
                        StreamSupport.stream(node.get("shape").spliterator(), false)
                                .mapToLong(JsonNode::asLong)
                                .toArray());
        Observer fed = observer;
        for (JsonNode seed : node.get("seeds")) {
            fed = fed.observe(SampleStream.of(seed.asLong(), (int) shape.size()), shape);
        }
        return fed;
    }

    @ParameterizedTest
    @MethodSource("observers")
    void rangesGiveTorchsScalesAndZeroPointsBitForBit(JsonNode node) {
        QuantizationScheme scheme = scheme(node);
        Observer empty =
                node.get("kind").asText().equals("min-max")
                        ? new MinMaxObserver(scheme)
                        : new MovingAverageObserver(scheme);
        QuantizationParameters parameters = feed(empty, node).parameters();
        assertThat(parameters.scales()).containsExactly(floats(node.get("scales")));
        int[] zeroPoints =
                StreamSupport.stream(node.get("zeroPoints").spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .toArray();
        assertThat(parameters.zeroPoints()).containsExactly(zeroPoints);
    }

    /**
     * Torch stops its search at the first local optimum; the error of ours is held to a hundredth
     * above torch's.
     */
    @ParameterizedTest
    @MethodSource("histograms")
    void meanSquaredErrorIsNoWorseThanThatOfTorchsHistogramObserver(JsonNode node) {
        QuantizationScheme scheme = scheme(node);
        QuantizationParameters parameters = feed(Observers.mse(scheme), node).parameters();
        double sum = 0;
        for (JsonNode seed : node.get("seeds")) {
            float[] values = SampleStream.of(seed.asLong(), 2000);
            float[] result = IntegerCodec.fakeQuantize(values, new Shape(2000), parameters);
            for (int i = 0; i < values.length; i++) {
                double error = (double) result[i] - values[i];
                sum += error * error;
            }
        }
        assertThat(sum).isLessThanOrEqualTo(1.01 * node.get("squaredError").asDouble());
        assertThat((double) parameters.scales()[0])
                .isCloseTo(
                        node.get("scales").get(0).asDouble(),
                        within(0.25 * parameters.scales()[0]));
    }

    @ParameterizedTest
    @MethodSource("fakeQuantization")
    void fakeQuantizationIsTorchsBitForBit(JsonNode node) {
        float[] values = floats(node.get("values"));
        QuantizationParameters parameters =
                new QuantizationParameters(
                        new QuantizationScheme(
                                format(node), Symmetry.AFFINE, Granularity.PER_TENSOR),
                        new float[] {(float) node.get("scale").asDouble()},
                        new int[] {node.get("zeroPoint").asInt()});
        Shape shape = new Shape(values.length);
        float[] expected = floats(node.get("result"));
        assertThat(IntegerCodec.fakeQuantize(values, shape, parameters))
                .usingComparatorWithPrecision(0f)
                .containsExactly(expected);
        assertThat(IntegerCodec.quantize(values, shape, parameters).dequantize())
                .usingComparatorWithPrecision(0f)
                .containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("entropy")
    void entropyKeepsTheBinsOfTheNumpyTwin(JsonNode node) {
        double[] counts = new double[node.get("counts").size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = node.get("counts").get(i).asDouble();
        }
        assertThat(EntropySearch.bestBins(counts, node.get("levels").asInt()))
                .isEqualTo(node.get("kept").asInt());
    }
}
