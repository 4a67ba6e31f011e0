package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutKernelTest {

    private static final int SIDE = 256;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private NDArray x;

    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(7);
        x = Training.random(manager, 3, new Shape(SIDE, SIDE));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static NDArray drop(NDArray array, float rate) {
        return array.getNDArrayInternal().dropout(array, rate, true).head();
    }

    private float[] run(Block block, boolean training) {
        Autocast settings =
                Autocast.builder()
                        .setPrecision(Precision.BFLOAT16)
                        .optComputation(Computation.NATIVE)
                        .build();
        try (AutocastBlock autocast = new AutocastBlock(block, settings, manager)) {
            ParameterStore store = new ParameterStore(manager, false);
            return autocast.forward(store, new NDList(x), training).head().toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0.1f, 0.5f, 0.9f})
    void dropsTheShareThatIsAskedAndDividesTheRest(float rate) {
        float[] given = x.toFloatArray();
        float[] dropped = run(LambdaBlock.singleton(a -> drop(a, rate)), true);
        int kept = 0;
        double factor = 0x1p31 / Math.round((1.0 - rate) * 0x1p31);
        for (int i = 0; i < given.length; i++) {
            if (dropped[i] != 0) {
                assertThat(dropped[i]).isEqualTo((float) (given[i] * (float) factor));
                kept++;
            }
        }
        int all = given.length;
        double deviation = Math.sqrt(all * rate * (1.0 - rate));
        assertThat((double) kept).isCloseTo(all * (1.0 - rate), within(5 * deviation));
    }

    /** Not by a factor that is rounded to BF16 first. */
    @Test
    void roundsWhatStaysInBfloat16Once() {
        float[] given = x.toFloatArray();
        float[] dropped =
                run(
                        LambdaBlock.singleton(a -> drop(a.matMul(a.getManager().eye(SIDE)), 0.1f)),
                        true);
        for (int i = 0; i < given.length; i++) {
            assertThat(dropped[i]).isIn(0f, -0f, round(round(given[i]) / 0.9f));
        }
    }

    private static float round(float value) {
        return FloatCodec.round(
                FloatFormat.BFLOAT16, value, Rounding.HALF_EVEN, Overflow.NON_FINITE);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0.5, false"})
    void leavesEverythingWhereNothingIsDropped(float rate, boolean training) {
        Block block =
                LambdaBlock.singleton(
                        a -> a.getNDArrayInternal().dropout(a, rate, training).head());
        assertThat(run(block, training)).isEqualTo(x.toFloatArray());
    }

    @Test
    void dropsEverythingAtARateOfOne() {
        assertThat(run(LambdaBlock.singleton(a -> drop(a, 1)), true)).containsOnly(0f, -0f);
    }

    @Test
    void repeatsWithTheSeedOfTheEngine() {
        Block block = LambdaBlock.singleton(a -> drop(a, 0.5f));
        Engine.getEngine("PyTorch").setRandomSeed(1);
        float[] first = run(block, true);
        float[] second = run(block, true);
        Engine.getEngine("PyTorch").setRandomSeed(1);
        assertThat(run(block, true)).containsExactly(first);
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void passesGradientsWhereItPassedValues() {
        x.setRequiresGradient(true);
        float[] values;
        Autocast settings =
                Autocast.builder()
                        .setPrecision(Precision.BFLOAT16)
                        .optComputation(Computation.NATIVE)
                        .build();
        Block block = LambdaBlock.singleton(a -> drop(a, 0.25f));
        try (AutocastBlock autocast = new AutocastBlock(block, settings, manager);
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray out =
                    autocast.forward(new ParameterStore(manager, false), new NDList(x), true)
                            .head();
            values = out.toFloatArray();
            collector.backward(out.sum());
        }
        float[] gradients = x.getGradient().toFloatArray();
        for (int i = 0; i < values.length; i++) {
            assertThat(gradients[i]).isEqualTo(values[i] == 0 ? 0 : (float) (1 / 0.75));
        }
    }
}
