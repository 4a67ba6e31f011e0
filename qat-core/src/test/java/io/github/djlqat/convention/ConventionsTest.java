package io.github.djlqat.convention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.djlqat.format.IntegerFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConventionsTest {

    private static IntegerQuantizer unitSteps(CodeArithmetic arithmetic) {
        return new IntegerQuantizer(arithmetic, IntegerFormat.INT4, 1, 0);
    }

    private static CodeArithmetic torch() {
        return Conventions.asPyTorch().arithmetic();
    }

    @ParameterizedTest
    @CsvSource({
        "HALF_EVEN, 0, 2, 2, -2, -2, 0",
        "HALF_AWAY_FROM_ZERO, 1, 2, 3, -2, -3, 0",
        "HALF_UP, 1, 2, 3, -1, -2, 0",
        "FLOOR_OF_HALF_ADDED, 1, 2, 3, -1, -2, 1",
        "TOWARD_ZERO, 0, 1, 2, -1, -2, 0"
    })
    void tiesGoWhereTheRoundingSays(
            CodeRounding rounding,
            int half,
            int three,
            int five,
            int minusThree,
            int minusFive,
            int below) {
        IntegerQuantizer quantizer = unitSteps(torch().withRounding(rounding));
        assertThat(quantizer.code(0.5f, 0)).isEqualTo(half);
        assertThat(quantizer.code(1.5f, 0)).isEqualTo(three);
        assertThat(quantizer.code(2.5f, 0)).isEqualTo(five);
        assertThat(quantizer.code(-1.5f, 0)).isEqualTo(minusThree);
        assertThat(quantizer.code(-2.5f, 0)).isEqualTo(minusFive);
        assertThat(quantizer.code(0.49999997f, 0)).isEqualTo(below);
    }

    @Test
    void halvesAddedBeforeTheCutCountFromTheLowestCode() {
        IntegerQuantizer quantizer = unitSteps(Conventions.asGgmlSignedMax().arithmetic());
        assertThat(quantizer.code(-2.5f, 0)).isEqualTo(-2);
        assertThat(quantizer.code(-2.6f, 0)).isEqualTo(-3);
        assertThat(quantizer.code(8, 0)).isEqualTo(7);
        assertThat(quantizer.code(-8, 0)).isEqualTo(-8);
        // 8.4999999 is 8.5 in single precision.
        assertThat(quantizer.code(0.49999997f, 0)).isEqualTo(1);
    }

    @Test
    void aZeroPointAddedBeforeRoundingMovesTies() {
        CodeArithmetic after = torch();
        CodeArithmetic before = Conventions.asFbgemm().arithmetic();
        assertThat(new IntegerQuantizer(after, IntegerFormat.UINT8, 1, 3).code(0.5f, 0))
                .isEqualTo(3);
        assertThat(new IntegerQuantizer(before, IntegerFormat.UINT8, 1, 3).code(0.5f, 0))
                .isEqualTo(4);
    }

    @Test
    void dividingAndMultiplyingByTheReciprocalDiffer() {
        // The example in FBGEMM's own comments.
        float scale = 0.00214854861f;
        float value = 0.273939937f;
        assertThat(new IntegerQuantizer(torch(), IntegerFormat.UINT8, scale, 0).code(value, 0))
                .isEqualTo(128);
        assertThat(
                        new IntegerQuantizer(
                                        Conventions.asOnnxRuntime().arithmetic(),
                                        IntegerFormat.UINT8,
                                        scale,
                                        0)
                                .code(value, 0))
                .isEqualTo(127);
    }

    @Test
    void stochasticRoundingIsSeededAndUnbiased() {
        IntegerQuantizer first = unitSteps(torch().stochastic(7));
        IntegerQuantizer again = unitSteps(torch().stochastic(7));
        IntegerQuantizer other = unitSteps(torch().stochastic(8));
        int count = 100_000;
        double sum = 0;
        int different = 0;
        for (int i = 0; i < count; i++) {
            int code = first.code(-1.7f, i);
            assertThat(code).isBetween(-2, -1);
            assertThat(again.code(-1.7f, i)).isEqualTo(code);
            sum += code;
            different += other.code(-1.7f, i) == code ? 0 : 1;
            assertThat(first.code(3, i)).isEqualTo(3);
        }
        // Five standard deviations of the mean of Bernoulli numbers of probability 0.7.
        assertThat(sum / count).isCloseTo(-1.7, within(5 * Math.sqrt(0.21 / count)));
        assertThat(different / (double) count).isCloseTo(0.42, within(0.01));
    }

    @Test
    void valuesThatAreNotFiniteFollowThePolicy() {
        IntegerQuantizer lowest = unitSteps(torch());
        IntegerQuantizer refusesNan = unitSteps(torch().withNonFinite(NonFinite.REFUSE_NAN));
        IntegerQuantizer refuses = unitSteps(torch().withNonFinite(NonFinite.REFUSE));
        assertThat(lowest.code(Float.NaN, 0)).isEqualTo(-8);
        assertThat(refusesNan.code(Float.POSITIVE_INFINITY, 0)).isEqualTo(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> refusesNan.code(Float.NaN, 3))
                .withMessageContaining("Value 3 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> refuses.code(Float.NEGATIVE_INFINITY, 4))
                .withMessageContaining("Value 4 is -Infinity");
        assertThat(refuses.code(1e38f, 0)).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "HALF_RANGE, int8, 2, 0.015686275",
        "LARGEST_CODE, int8, 2, 0.015748031",
        "LARGEST_CODE, int4, 2, 0.2857143",
        "CODES_BELOW_ZERO, int4, 2, 0.25",
        "SIGNED_MAX, int4, 2, -0.25",
        "SIGNED_MAX, int4, 0.5, 0.125",
        "NO_CLIPPING, int4, 2, 0.2857143",
        "NO_CLIPPING, int4, 0.5, 0.125",
        "GPTQ, uint4, 2, 0.26666668"
    })
    void symmetricScalesAreTheRulesFractionOfTheMagnitude(
            SymmetricRule rule, String format, float max, float scale) {
        ScaleChoice choice = Conventions.asGptq().scales().withSymmetric(rule);
        assertThat(choice.symmetric(IntegerFormat.parse(format), -1, max).scale()).isEqualTo(scale);
    }

    @Test
    void gptqHalvesTheScaleOfARowWithoutNegatives() {
        ScaleChoice choice = Conventions.asGptq().scales();
        assertThat(choice.symmetric(IntegerFormat.UINT4, 0, 3))
                .isEqualTo(new ScaleAndZeroPoint(0.2f, 8));
        assertThat(choice.symmetric(IntegerFormat.UINT4, -0.1f, 3))
                .isEqualTo(new ScaleAndZeroPoint(0.4f, 8));
    }

    @ParameterizedTest
    @CsvSource({
        "default, 1.1920929e-7, 0",
        "pytorch, 1.1920929e-7, 128",
        "onnxruntime, 1, 0",
        "fbgemm, 1e-6, 128",
        "ggml, 1, 128",
        "bitsandbytes, 1, 128",
        "gptq, 0.007843138, 128"
    })
    void aRangeOfZerosHasAScale(String name, float scale, int zeroPoint) {
        assertThat(Conventions.named(name).scales().symmetric(IntegerFormat.UINT8, 0, 0))
                .isEqualTo(new ScaleAndZeroPoint(scale, zeroPoint));
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.convention.Conventions#names")
    void everyConventionChoosesLegalParametersForEveryRange(String name) {
        Convention convention = Conventions.named(name);
        float[] ends = {0, Float.MIN_VALUE, 1e-39f, 1e-20f, 0.3f, 7, 1e30f, Float.MAX_VALUE};
        for (IntegerFormat format : new IntegerFormat[] {IntegerFormat.INT4, IntegerFormat.UINT8}) {
            for (float low : ends) {
                for (float high : ends) {
                    requireLegal(convention.scales().symmetric(format, -low, high), format);
                    if (convention.scales().affine() != AffineRule.NONE) {
                        requireLegal(convention.scales().affine(format, -low, high), format);
                        requireLegal(
                                convention
                                        .scales()
                                        .affine(format, Math.min(low, high), Math.max(low, high)),
                                format);
                    }
                }
            }
        }
    }

    private static void requireLegal(ScaleAndZeroPoint chosen, IntegerFormat format) {
        assertThat(Math.abs(chosen.scale())).isBetween(Float.MIN_NORMAL, Float.MAX_VALUE);
        assertThat(chosen.zeroPoint()).isBetween(format.qmin(), format.qmax());
    }

    @Test
    void unknownNamesAndMissingRulesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conventions.named("torch"))
                .withMessageContainingAll("torch", "pytorch", "onnxruntime", "ggml-signed-max");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Conventions.asGgml().scales().affine(IntegerFormat.UINT8, 0, 1))
                .withMessageContaining("no rule for affine");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MinimumScale(-1, 0, ZeroRange.ONE))
                .withMessageContaining("-1.0");
    }
}
