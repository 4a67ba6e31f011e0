package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.format.FloatFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds FP8 scales to TransformerEngine's rules, bit for bit. */
class DelayedScalingTest {

    private static final double LARGEST = FloatFormat.FLOAT8_E4M3FN.maxValue();

    static Stream<JsonNode> cases() {
        return Goldens.cases("delayed_scaling.json");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsTransformerEngine(JsonNode golden) {
        DelayedScaling scaling =
                new DelayedScaling(
                        golden.get("length").asInt(),
                        golden.get("margin").asInt(),
                        golden.get("mostRecent").asBoolean());
        AmaxHistory history = new AmaxHistory(scaling, LARGEST);
        for (int i = 0; i < golden.get("amaxes").size(); i++) {
            for (JsonNode amax : golden.get("amaxes").get(i)) {
                String text = amax.asText();
                history.record(
                        text.equals("inf")
                                ? Float.POSITIVE_INFINITY
                                : text.equals("nan")
                                        ? Float.NaN
                                        : (float) Double.parseDouble(text));
            }
            history.update();
            assertThat(history.scale())
                    .as("after step %d", i)
                    .isEqualTo((float) golden.get("scales").get(i).asDouble());
        }
        assertThat(history.state().magnitudes()).isEqualTo(Goldens.floats(golden.get("history")));
    }

    @Test
    void continuesFromItsState() {
        Float8Scales one = new Float8Scales(new DelayedScaling(3, 1, false), LARGEST);
        for (float amax : new float[] {3, 100, 7, 0.5f}) {
            one.history("a").record(amax);
            one.history("a").update();
        }
        Map<String, AmaxHistoryState> state = one.state();
        Float8Scales other = new Float8Scales(new DelayedScaling(3, 1, false), LARGEST);
        other.history("b");
        other.restore(state);
        assertThat(other.state()).isEqualTo(state).containsOnlyKeys("a");
        for (Float8Scales scales : new Float8Scales[] {one, other}) {
            scales.history("a").record(2);
            scales.history("a").update();
        }
        assertThat(other.state()).isEqualTo(one.state()).isNotEqualTo(state);
        Float8Scales shorter = new Float8Scales(new DelayedScaling(2, 1, false), LARGEST);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shorter.restore(state))
                .withMessage("The history of a has 3 steps; 2 are remembered.");
    }
}
