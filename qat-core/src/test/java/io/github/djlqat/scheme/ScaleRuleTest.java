package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScaleRuleTest {

    private static QuantizationScheme scheme(IntegerFormat format, Symmetry symmetry) {
        return new QuantizationScheme(format, symmetry, Granularity.PER_TENSOR);
    }

    static Stream<IntegerFormat> formats() {
        return Stream.of(2, 3, 4, 5, 6, 7, 8)
                .flatMap(
                        bits ->
                                Stream.of(
                                        new IntegerFormat(bits, true, false),
                                        new IntegerFormat(bits, true, true),
                                        new IntegerFormat(bits, false, false)));
    }

    static Stream<Arguments> schemes() {
        return formats()
                .flatMap(
                        format ->
                                Stream.of(Symmetry.values())
                                        .map(symmetry -> Arguments.of(format, symmetry)));
    }

    @ParameterizedTest
    @CsvSource({
        "uint8, false, AFFINE, 0.0117647061124444, 85",
        "int8, false, AFFINE, 0.0117647061124444, -43",
        "int8, false, SYMMETRIC, 0.01568627543747425, 0",
        "int4, false, SYMMETRIC, 0.2666666805744171, 0",
        "int8, true, SYMMETRIC, 0.015748031437397003, 0",
        "uint8, false, SYMMETRIC, 0.007843137718737125, 0",
        "uint7, false, AFFINE, 0.023622047156095505, 42"
    })
    void choosesTorchsParameters(
            String name, boolean narrow, Symmetry symmetry, float scale, int zeroPoint) {
        QuantizationParameters parameters =
                ScaleRule.parameters(
                        scheme(IntegerFormat.parse(name).withNarrowRange(narrow), symmetry),
                        new float[] {-1},
                        new float[] {2});
        assertThat(parameters.scales()).containsExactly(scale);
        assertThat(parameters.zeroPoints()).containsExactly(zeroPoint);
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void zeroIsExactAndEveryCodeIsReached(IntegerFormat format, Symmetry symmetry) {
        Random random = new Random(format.hashCode());
        for (int round = 0; round < 8; round++) {
            float spread = (float) Math.exp(4 * random.nextGaussian());
            float min = -spread * random.nextFloat();
            float max = spread * (0.01f + random.nextFloat());
            QuantizationParameters parameters =
                    ScaleRule.parameters(
                            scheme(format, symmetry), new float[] {min}, new float[] {max});
            float[] sweep = new float[20001];
            float largest = 300 * parameters.scales()[0];
            for (int i = 0; i < sweep.length; i++) {
                sweep[i] = largest * (i - 10000) / 10000f;
            }
            QuantizedTensor tensor =
                    IntegerCodec.quantize(sweep, new Shape(sweep.length), parameters);
            assertThat(tensor.dequantize()[10000]).isZero();
            TreeSet<Integer> codes = new TreeSet<>();
            for (byte code : tensor.codes()) {
                codes.add(format.signed() ? code : code & 0xff);
            }
            assertThat(codes.first()).isEqualTo(format.qmin());
            assertThat(codes.last()).isEqualTo(format.qmax());
            assertThat(codes).hasSize(format.qmax() - format.qmin() + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void valuesWithinAnAffineRangeMoveByAStepAtMost(IntegerFormat format) {
        Random random = new Random(3);
        for (int round = 0; round < 20; round++) {
            float min = (float) random.nextGaussian() - 0.5f;
            float max = min + random.nextFloat() * 5;
            QuantizationParameters parameters =
                    ScaleRule.parameters(
                            scheme(format, Symmetry.AFFINE), new float[] {min}, new float[] {max});
            float[] values = new float[200];
            for (int i = 0; i < values.length; i++) {
                values[i] = min + (max - min) * i / 199f;
            }
            float[] result = IntegerCodec.fakeQuantize(values, new Shape(200), parameters);
            // The zero point is rounded too, so one end may lie half a step beyond the last code.
            float bound = parameters.scales()[0] * 1.0001f;
            for (int i = 0; i < values.length; i++) {
                assertThat(Math.abs(result[i] - values[i])).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void theScaleHasAFloorAndStaysFinite() {
        for (Symmetry symmetry : Symmetry.values()) {
            QuantizationScheme scheme = scheme(IntegerFormat.INT8, symmetry);
            assertThat(ScaleRule.choose(scheme, 0, 0).scale()).isEqualTo(1.1920929e-07f);
            assertThat(ScaleRule.choose(scheme, -Float.MAX_VALUE, Float.MAX_VALUE).scale())
                    .isFinite();
        }
        assertThat(
                        ScaleRule.parameters(
                                        scheme(IntegerFormat.INT8, Symmetry.SYMMETRIC),
                                        new float[1],
                                        new float[1])
                                .zeroPoints())
                .containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource({"NaN, 1", "0, NaN", "-Infinity, 1", "0, Infinity", "2, 1"})
    void refusesRangesThatAreNotFiniteOrReversed(float min, float max) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                ScaleRule.choose(
                                        scheme(IntegerFormat.INT8, Symmetry.AFFINE), min, max))
                .withMessageContaining(min + " to " + max);
    }
}
