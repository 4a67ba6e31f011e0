package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the loss scale to torch.amp.GradScaler's, after every step. */
class LossScalingTest {

    static Stream<JsonNode> cases() {
        return Goldens.cases("loss_scaler.json");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsGradScaler(JsonNode golden) {
        JsonNode options = golden.get("options");
        LossScaling.Builder builder = LossScaling.dynamic().optMinScale(Float.MIN_VALUE);
        if (options.has("init_scale")) {
            builder.optInitialScale((float) options.get("init_scale").asDouble());
        }
        if (options.has("growth_factor")) {
            builder.optGrowthFactor(options.get("growth_factor").asDouble());
        }
        if (options.has("backoff_factor")) {
            builder.optBackoffFactor(options.get("backoff_factor").asDouble());
        }
        if (options.has("growth_interval")) {
            builder.optGrowthInterval(options.get("growth_interval").asInt());
        }
        LossScaling scaling = builder.build();
        LossScalerState state = scaling.initialState();
        for (int i = 0; i < golden.get("good").size(); i++) {
            state = scaling.next(state, golden.get("good").get(i).asBoolean());
            JsonNode expected = golden.get("states").get(i);
            assertThat(state)
                    .as("after step %d", i)
                    .isEqualTo(
                            new LossScalerState(
                                    (float) expected.get(0).asDouble(), expected.get(1).asInt()));
        }
    }

    @Test
    void fallsNoLowerThanItsFloor() {
        LossScaling scaling = LossScaling.dynamic().optInitialScale(40).optMinScale(3).build();
        LossScalerState state = scaling.initialState();
        float[] expected = {20, 10, 5, 3, 3};
        for (float scale : expected) {
            state = scaling.next(state, false);
            assertThat(state.scale()).isEqualTo(scale);
        }
    }

    @Test
    void keepsAFixedScale() {
        LossScaling scaling = LossScaling.fixed(128);
        LossScalerState state = scaling.initialState();
        for (int i = 0; i < 5000; i++) {
            state = scaling.next(state, i % 3 != 0);
        }
        assertThat(state.scale()).isEqualTo(128);
    }

    @Test
    void namesWhatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LossScaling.dynamic().optBackoffFactor(1.5).build())
                .withMessage("The backoff factor is 1.5; legal is above 0 and at most 1.");
        assertThatIllegalArgumentException().isThrownBy(() -> LossScaling.fixed(Float.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LossScaling.dynamic().optInitialScale(2).optMinScale(4).build());
        assertThatIllegalArgumentException().isThrownBy(() -> new LossScalerState(0, 0));
    }
}
