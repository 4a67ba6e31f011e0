package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.mixedprecision.optimizer.Adam;
import io.github.djlqat.mixedprecision.optimizer.Sgd;
import io.github.djlqat.mixedprecision.optimizer.StatefulOptimizer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds clipped and skipped steps under a falling rate to torch's, after every step. */
class ClippingGoldensTest {

    private static final Shape DATA = new Shape(8, 5);
    private static final Shape LABELS = new Shape(8, 3);

    private static final JsonNode GOLDEN = golden();

    private static JsonNode golden() {
        try (InputStream in = ClippingGoldensTest.class.getResourceAsStream("clipping.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<JsonNode> cases() {
        return Goldens.cases("clipping.json");
    }

    private static StatefulOptimizer optimizer(String name) {
        return name.equals("SGD")
                ? Sgd.builder().optMomentum(0.9).optLearningRateTracker(halving(0.1f)).build()
                : Adam.builder().optLearningRateTracker(halving(0.05f)).build();
    }

    /** DJL's schedules count the first update as 1. */
    private static Tracker halving(float first) {
        return Tracker.factor().setBaseValue(2 * first).setFactor(0.5f).build();
    }

    private static MixedPrecision settings(JsonNode golden) {
        MixedPrecision.Builder builder =
                MixedPrecision.builder()
                        .optLossScaling(LossScaling.dynamic().optGrowthInterval(3).build());
        if (!golden.get("max_norm").isNull()) {
            builder.optMaxGradientNorm(golden.get("max_norm").asDouble());
        }
        if (!golden.get("max_value").isNull()) {
            builder.optMaxGradientValue((float) golden.get("max_value").asDouble());
        }
        return builder.build();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAsTorch(JsonNode golden) throws IOException {
        List<Integer> bad =
                IntStream.range(0, GOLDEN.get("bad").size())
                        .mapToObj(i -> GOLDEN.get("bad").get(i).asInt())
                        .toList();
        StatefulOptimizer optimizer = optimizer(golden.get("optimizer").asText());
        try (optimizer;
                Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                Training.config(Loss.l2Loss(), optimizer),
                                settings(golden))) {
            trainer.initialize(DATA);
            for (int i = 0; i < 4; i++) {
                model.getBlock()
                        .getParameters()
                        .valueAt(i)
                        .getArray()
                        .set(Goldens.floats(GOLDEN.get("start").get(i)));
            }
            for (int i = 0; i < golden.get("steps").size(); i++) {
                float[] data = Goldens.floats(GOLDEN.get("batches").get(i).get(0));
                float[] labels = Goldens.floats(GOLDEN.get("batches").get(i).get(1));
                if (bad.contains(i)) {
                    data[0] = Float.POSITIVE_INFINITY;
                }
                byte[] before = bytes(model, optimizer);
                Training.step(trainer, data, DATA, labels, LABELS);
                compare(golden.get("steps").get(i), trainer, i);
                if (bad.contains(i)) {
                    assertThat(bytes(model, optimizer)).isEqualTo(before);
                }
            }
        }
    }

    private static void compare(JsonNode expected, MixedPrecisionTrainer trainer, int step) {
        StepReport report = trainer.getLastStep().orElseThrow();
        assertThat(report.isSkipped()).isEqualTo(expected.get("skipped").asBoolean());
        assertThat(trainer.getLossScalerState().scale())
                .isEqualTo((float) expected.get("scale").asDouble());
        if (!report.isSkipped()) {
            double norm = expected.get("norm").asDouble();
            assertThat(report.gradientNorm()).isCloseTo(norm, within(norm * 1e-5));
        }
        List<float[]> parameters = Training.parameters(trainer);
        for (int i = 0; i < parameters.size(); i++) {
            assertThat(parameters.get(i))
                    .as("parameter %d after step %d", i, step)
                    .containsExactly(
                            Goldens.floats(expected.get("parameters").get(i)), within(2e-6f));
        }
    }

    /** Parameters, moments and numbers of updates, which schedules follow. */
    private static byte[] bytes(Model model, StatefulOptimizer optimizer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        model.getBlock().saveParameters(out);
        optimizer.stateOf(model.getBlock()).saveState(out);
        return bytes.toByteArray();
    }
}
