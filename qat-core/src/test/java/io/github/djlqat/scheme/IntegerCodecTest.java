package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegerCodecTest {

    private static QuantizationParameters parameters(
            IntegerFormat format, Granularity granularity, float... scales) {
        return new QuantizationParameters(
                new QuantizationScheme(format, Symmetry.SYMMETRIC, granularity),
                scales,
                new int[scales.length]);
    }

    static Stream<IntegerFormat> formats() {
        return ScaleRuleTest.formats();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyCodeSurvivesTheWayToRealAndBack(IntegerFormat format) {
        int codes = format.qmax() - format.qmin() + 1;
        byte[] all = new byte[codes];
        for (int i = 0; i < codes; i++) {
            all[i] = (byte) (format.qmin() + i);
        }
        Shape shape = new Shape(codes);
        Random random = new Random(codes);
        for (int zeroPoint = format.qmin(); zeroPoint <= format.qmax(); zeroPoint++) {
            float scale = (float) Math.exp(10 * random.nextGaussian());
            QuantizationParameters parameters =
                    new QuantizationParameters(
                            new QuantizationScheme(format, Symmetry.AFFINE, Granularity.PER_TENSOR),
                            new float[] {scale},
                            new int[] {zeroPoint});
            float[] values = new QuantizedTensor(shape, all, parameters).dequantize();
            assertThat(IntegerCodec.quantize(values, shape, parameters).codes())
                    .containsExactly(all);
            assertThat(IntegerCodec.fakeQuantize(values, shape, parameters))
                    .containsExactly(values);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"int16", "uint16"})
    void codesOf16BitsAreRoundedButNotKept(String name) {
        IntegerFormat format = IntegerFormat.parse(name);
        QuantizationParameters parameters =
                new QuantizationParameters(
                        new QuantizationScheme(format, Symmetry.AFFINE, Granularity.PER_TENSOR),
                        new float[] {0.25f},
                        new int[] {100});
        float[] values = {
            0.125f, 0.375f, 0.3f, 1e9f, -1e9f, (format.qmax() - 100) * 0.25f, -25.125f
        };
        Shape shape = new Shape(values.length);
        assertThat(IntegerCodec.fakeQuantize(values, shape, parameters))
                .containsExactly(
                        0,
                        0.5f,
                        0.25f,
                        (format.qmax() - 100) * 0.25f,
                        (format.qmin() - 100) * 0.25f,
                        (format.qmax() - 100) * 0.25f,
                        -25);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(values, shape, parameters))
                .withMessageContaining(name)
                .withMessageContaining("8 bits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QuantizedTensor(shape, new byte[7], parameters))
                .withMessageContaining(name);
    }

    @Test
    void roundsHalfToEvenAndSaturates() {
        float[] values = {
            0.5f,
            1.5f,
            2.5f,
            -0.5f,
            -1.5f,
            7.4f,
            7.5f,
            -8.5f,
            1e30f,
            -1e30f,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY
        };
        QuantizedTensor tensor =
                IntegerCodec.quantize(
                        values,
                        new Shape(values.length),
                        parameters(IntegerFormat.INT4, Granularity.PER_TENSOR, 1));
        assertThat(tensor.codes()).containsExactly(0, 2, 2, 0, -2, 7, 7, -8, 7, -8, 7, -8);
    }

    @Test
    void aSubnormalScaleKeepsZero() {
        float[] values = {0, Float.MIN_VALUE, -1};
        QuantizedTensor tensor =
                IntegerCodec.quantize(
                        values,
                        new Shape(3),
                        parameters(IntegerFormat.INT8, Granularity.PER_TENSOR, Float.MIN_VALUE));
        assertThat(tensor.codes()).containsExactly(0, 1, -128);
    }

    @Test
    void refusesNaN() {
        float[] values = {0, 1, Float.NaN};
        QuantizationParameters parameters =
                parameters(IntegerFormat.INT8, Granularity.PER_TENSOR, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(values, new Shape(3), parameters))
                .withMessageContaining("Value 2 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.fakeQuantize(values, new Shape(3), parameters))
                .withMessageContaining("Value 2 is NaN");
    }

    @Test
    void everyElementUsesTheScaleOfItsChannelOrGroup() {
        int[] dimensions = {4, 6, 3};
        Shape shape = new Shape(4, 6, 3);
        for (int axis = 0; axis < 3; axis++) {
            for (int size : new int[] {0, 1, dimensions[axis], axis == 1 ? 3 : 1}) {
                Granularity granularity =
                        size == 0
                                ? new Granularity.PerChannel(axis)
                                : new Granularity.PerGroup(axis, size);
                ScaleLayout layout = ScaleLayout.of(granularity, shape);
                int[] grid = dimensions.clone();
                grid[axis] /= Math.max(size, 1);
                assertThat(layout.count())
                        .isEqualTo(size == 0 ? dimensions[axis] : grid[0] * grid[1] * grid[2]);
                int[] byRun = new int[72];
                Arrays.fill(byRun, -1);
                layout.forEachRun(
                        (scale, from, to) -> {
                            for (int i = from; i < to; i++) {
                                assertThat(byRun[i]).isEqualTo(-1);
                                byRun[i] = scale;
                            }
                        });
                for (int i = 0; i < 72; i++) {
                    int[] place = {i / 18, i / 3 % 6, i % 3};
                    int expected = place[axis];
                    if (size > 0) {
                        place[axis] /= size;
                        expected = (place[0] * grid[1] + place[1]) * grid[2] + place[2];
                    }
                    assertThat(layout.scaleOf(i)).isEqualTo(expected);
                    assertThat(byRun[i]).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void channelsAreQuantizedByTheirOwnScales() {
        float[] values = {1, 10, 2, 20, 3, 30};
        QuantizationParameters parameters =
                parameters(IntegerFormat.INT8, new Granularity.PerChannel(1), 1, 10);
        QuantizedTensor tensor = IntegerCodec.quantize(values, new Shape(3, 2), parameters);
        assertThat(tensor.codes()).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(tensor.dequantize()).containsExactly(values);
    }

    @Test
    void refusesShapesThatDoNotFit() {
        QuantizationParameters group =
                parameters(IntegerFormat.INT8, new Granularity.PerGroup(1, 4), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(new float[6], new Shape(1, 6), group))
                .withMessageContainingAll("group size 4", "axis 1", "(1, 6)");
        QuantizationParameters channel =
                parameters(IntegerFormat.INT8, new Granularity.PerChannel(2), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(new float[6], new Shape(1, 6), channel))
                .withMessageContaining("no axis 2");
        QuantizationParameters two =
                parameters(IntegerFormat.INT8, new Granularity.PerChannel(0), 1, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(new float[6], new Shape(1, 6), two))
                .withMessageContaining("2 scales");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntegerCodec.quantize(new float[5], new Shape(1, 6), two))
                .withMessageContaining("5 values");
    }
}
