package io.github.djlqat.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.format.Specials;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the tensor kernels against the scalar codec, bit for bit. */
class FloatRoundingTest {

    private static final NDManager ROOT = NDManager.newBaseManager("PyTorch");
    private static final Kernels FAST = Kernels.forManager(ROOT);
    private static final Kernels PORTABLE = new NDArrayKernels();

    private NDManager manager;

    static Stream<FloatFormat> formats() {
        return Stream.of(
                FloatFormat.FLOAT16,
                FloatFormat.BFLOAT16,
                FloatFormat.TF32,
                FloatFormat.FLOAT8_E4M3FN,
                FloatFormat.FLOAT8_E5M2,
                FloatFormat.FLOAT8_E4M3FNUZ,
                FloatFormat.FLOAT8_E5M2FNUZ,
                FloatFormat.FLOAT6_E2M3FN,
                FloatFormat.FLOAT6_E3M2FN,
                FloatFormat.FLOAT4_E2M1FN,
                FloatFormat.ieee(8, 23),
                FloatFormat.ieee(3, 4),
                FloatFormat.signed(5, 0, 15, Specials.NAN_ONLY),
                FloatFormat.signed(1, 2, 1, Specials.FINITE_ONLY),
                FloatFormat.signed(4, 3, 100, Specials.NAN_ONLY));
    }

    @BeforeEach
    void open() {
        manager = ROOT.newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @AfterAll
    static void closeAll() {
        FAST.close();
        ROOT.close();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void roundsAsTheCodec(FloatFormat format) {
        float[] x = inputs(format, new Random(60));
        NDArray array = manager.create(x);
        float[] noise = UniformNoise.create(manager, new Shape(x.length), 61).toFloatArray();
        for (Rounding rounding : Rounding.values()) {
            for (Overflow overflow : Overflow.values()) {
                FloatRounding kernel = new FloatRounding(format, rounding, overflow, true);
                NDArray[] inputs =
                        rounding == Rounding.STOCHASTIC
                                ? new NDArray[] {array, manager.create(noise)}
                                : new NDArray[] {array};
                float[] fast = FAST.run(kernel, inputs).toFloatArray();
                float[] portable = PORTABLE.run(kernel, inputs).toFloatArray();
                array.setRequiresGradient(true);
                float[] script = FAST.run(kernel, inputs).toFloatArray();
                array.setRequiresGradient(false);
                for (int i = 0; i < x.length; i++) {
                    int code = FloatCodec.encode(format, x[i], rounding, overflow, noise[i]);
                    float expected = FloatCodec.decode(format, code);
                    assertSame(fast[i], expected, kernel, x[i]);
                    assertSame(portable[i], expected, kernel, x[i]);
                    assertSame(script[i], expected, kernel, x[i]);
                }
            }
        }
    }

    /**
     * Every value of small formats, with its neighbours and those of the middles between values,
     * the floats around every power of two, and noise over all bit patterns.
     */
    private static float[] inputs(FloatFormat format, Random random) {
        List<Float> list = new ArrayList<>();
        float[] specials = {
            0,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.MAX_VALUE,
            Float.MIN_VALUE,
            Float.MIN_NORMAL
        };
        for (float special : specials) {
            around(list, special);
        }
        for (int exponent = -149; exponent < 128; exponent++) {
            around(list, (float) Math.scalb(1.0, exponent));
            around(list, (float) Math.scalb(1.5, exponent));
        }
        int codes = Math.min(format.maxCode(), 300);
        for (int i = 0; i <= codes; i++) {
            int code = format.maxCode() <= 300 ? i : random.nextInt(format.maxCode());
            float value = FloatCodec.decode(format, code);
            float next = FloatCodec.decode(format, Math.min(code + 1, format.maxCode()));
            around(list, value);
            around(list, (float) (((double) value + next) / 2));
        }
        float largest = (float) format.maxValue();
        float step = largest - FloatCodec.decode(format, format.maxCode() - 1);
        around(list, largest + step / 2);
        around(list, largest + step);
        for (int i = 0; i < 20_000; i++) {
            list.add(Float.intBitsToFloat(random.nextInt()));
            list.add((float) (random.nextGaussian() * largest));
            list.add((float) (random.nextGaussian() * format.smallestNormal()));
        }
        float[] x = new float[list.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = list.get(i);
        }
        return x;
    }

    private static void around(List<Float> list, float value) {
        for (float v : new float[] {value, Math.nextUp(value), Math.nextDown(value)}) {
            list.add(v);
            list.add(-v);
        }
    }

    /** The same number with the same sign of zero, or both NaN. */
    private static void assertSame(float actual, float expected, Object kernel, float x) {
        if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
            assertThat(actual).as("%s of %s (%a)", kernel, x, x).isEqualTo(expected);
        }
    }

    /** All bit patterns of float16 and bfloat16, as the upper halves of floats too. */
    @Test
    void keepsTheValuesOfAFormat() {
        for (FloatFormat format : List.of(FloatFormat.FLOAT16, FloatFormat.BFLOAT16)) {
            float[] x = new float[1 << 16];
            for (int i = 0; i < x.length; i++) {
                x[i] = FloatCodec.decode(format, i);
            }
            FloatRounding kernel =
                    new FloatRounding(format, Rounding.HALF_EVEN, Overflow.NON_FINITE, false);
            float[] y = FAST.run(kernel, manager.create(x)).toFloatArray();
            for (int i = 0; i < x.length; i++) {
                assertSame(y[i], x[i], format, x[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void passesTheGradientUpToTheLargestValue(FloatFormat format) {
        float largest = (float) format.maxValue();
        float[] x = {0, 1, -largest, largest, Math.nextUp(largest), -Math.nextUp(largest), -0f};
        if (Float.isInfinite(x[4])) {
            x[4] = 2;
            x[5] = 3;
        }
        float[] outer = {1, 2, 3, 4, 5, 6, 7};
        for (Kernels kernels : List.of(FAST, PORTABLE)) {
            for (boolean clip : new boolean[] {true, false}) {
                for (Rounding rounding : Rounding.values()) {
                    NDArray array = manager.create(x);
                    array.setRequiresGradient(true);
                    FloatRounding kernel =
                            new FloatRounding(format, rounding, Overflow.SATURATE, clip);
                    NDArray noise = UniformNoise.create(manager, new Shape(7), 3);
                    NDArray[] inputs =
                            rounding == Rounding.STOCHASTIC
                                    ? new NDArray[] {array, noise}
                                    : new NDArray[] {array};
                    NDArray y;
                    try (GradientCollector collector =
                            Engine.getEngine("PyTorch").newGradientCollector()) {
                        y = kernels.run(kernel, inputs);
                        collector.backward(y.mul(manager.create(outer)).sum());
                    }
                    float[] gradient = array.getGradient().toFloatArray();
                    for (int i = 0; i < x.length; i++) {
                        boolean passes = !clip || Math.abs(x[i]) <= largest;
                        assertThat(gradient[i])
                                .as("%s at %s", kernel, x[i])
                                .isEqualTo(passes ? outer[i] : 0);
                        int code =
                                FloatCodec.encode(
                                        format,
                                        x[i],
                                        rounding,
                                        Overflow.SATURATE,
                                        noise.getFloat(i));
                        assertSame(y.getFloat(i), FloatCodec.decode(format, code), kernel, x[i]);
                    }
                }
            }
        }
    }

    @Test
    void acceptsAnyShapeAndLayout() {
        FloatRounding kernel = FloatRounding.of(FloatFormat.FLOAT16);
        for (Shape shape : new Shape[] {new Shape(), new Shape(0, 3), new Shape(2, 3, 1)}) {
            for (Kernels kernels : List.of(FAST, PORTABLE)) {
                assertThat(kernels.run(kernel, manager.ones(shape)).getShape()).isEqualTo(shape);
            }
        }
        NDArray transposed = manager.arange(300_000f).reshape(300, 1000).transpose();
        float[] values = transposed.toFloatArray();
        for (boolean gradient : new boolean[] {false, true}) {
            NDArray x = transposed.duplicate();
            if (gradient) {
                x.setRequiresGradient(true);
            }
            float[] y = FAST.run(kernel, x).toFloatArray();
            for (int i = 0; i < y.length; i++) {
                int code =
                        FloatCodec.encode(
                                FloatFormat.FLOAT16,
                                values[i],
                                Rounding.HALF_EVEN,
                                Overflow.SATURATE);
                assertThat(y[i]).isEqualTo(FloatCodec.decode(FloatFormat.FLOAT16, code));
            }
        }
    }

    @Test
    void stochasticRoundingIsRightOnAverage() {
        NDArray x = manager.full(new Shape(100_000), 1.03f);
        FloatRounding kernel =
                new FloatRounding(
                        FloatFormat.FLOAT8_E4M3FN, Rounding.STOCHASTIC, Overflow.SATURATE, true);
        NDArray y = FAST.run(kernel, x, UniformNoise.create(manager, x.getShape(), 5));
        // The spacing is 1/8, so that the standard error is below 0.125 / 2 / sqrt(100000).
        assertThat((double) y.mean().getFloat()).isCloseTo(1.03, within(8e-4));
        assertThat(UniformNoise.create(manager, new Shape(9), 5).toFloatArray())
                .containsExactly(UniformNoise.create(manager, new Shape(9), 5).toFloatArray())
                .isNotEqualTo(UniformNoise.create(manager, new Shape(9), 6).toFloatArray());
    }

    @Test
    void refusesWhatIsNotDefined() {
        FloatRounding stochastic =
                new FloatRounding(
                        FloatFormat.FLOAT16, Rounding.STOCHASTIC, Overflow.SATURATE, true);
        NDArray x = manager.ones(new Shape(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FAST.run(stochastic, x))
                .withMessageContaining("noise");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FAST.run(stochastic, x, manager.ones(new Shape(1))))
                .withMessageContaining("(1)");
        FloatRounding usual = FloatRounding.of(FloatFormat.FLOAT16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FAST.run(usual, x.toType(DataType.INT32, true)))
                .withMessageContaining("int32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FloatRounding.of(FloatFormat.FLOAT8_E8M0FNU))
                .withMessageContaining("unsigned");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> FloatRounding.of(FloatFormat.signed(2, 1, 140, Specials.NAN_ONLY)))
                .withMessageContaining("2^-139");
    }
}
