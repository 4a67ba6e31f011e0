package io.github.djlqat.convention;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conventions of the usual runtimes. */
public final class Conventions {

    private static final CodeArithmetic DIVIDING =
            new CodeArithmetic(
                    CodeRounding.HALF_EVEN,
                    ScaleDivision.DIVIDE,
                    ZeroPointUse.ADDED_AFTER_ROUNDING,
                    NonFinite.NAN_TO_LOWEST_CODE);

    private static final CodeArithmetic MULTIPLYING =
            new CodeArithmetic(
                    CodeRounding.HALF_EVEN,
                    ScaleDivision.MULTIPLY_BY_RECIPROCAL,
                    ZeroPointUse.ADDED_AFTER_ROUNDING,
                    NonFinite.NAN_TO_LOWEST_CODE);

    private static final MinimumScale ONE_FOR_ZEROS = new MinimumScale(0, 0, ZeroRange.ONE);

    private static final Convention PYTORCH =
            new Convention(
                    "pytorch",
                    new ScaleChoice(
                            SymmetricRule.HALF_RANGE,
                            SymmetricZero.TORCH,
                            AffineRule.TORCH,
                            MinimumScale.EPSILON),
                    MULTIPLYING);

    /**
     * The convention where none is named: PyTorch's, with symmetric unsigned ranges from zero up,
     * and NaN refused.
     */
    public static final Convention DEFAULT =
            PYTORCH.with("default", PYTORCH.scales().withSymmetricZero(SymmetricZero.LOWEST_CODE))
                    .with("default", MULTIPLYING.withNonFinite(NonFinite.REFUSE_NAN));

    private static final Convention ONNX_RUNTIME =
            new Convention(
                    "onnxruntime",
                    new ScaleChoice(
                            SymmetricRule.HALF_RANGE_IN_DOUBLE,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.ONNX_RUNTIME,
                            new MinimumScale(0, 0, ZeroRange.ONE_WITH_ZERO_POINT_0)),
                    DIVIDING);

    private static final Convention TENSORFLOW =
            new Convention(
                    "tensorflow",
                    new ScaleChoice(
                            SymmetricRule.LARGEST_CODE,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.TENSORFLOW,
                            new MinimumScale(0, 0, ZeroRange.LEAST_SCALE)),
                    new CodeArithmetic(
                            CodeRounding.FLOOR_OF_HALF_ADDED,
                            ScaleDivision.DIVIDE,
                            ZeroPointUse.AS_LOWEST_VALUE,
                            NonFinite.REFUSE_NAN));

    private static final Convention FBGEMM =
            new Convention(
                    "fbgemm",
                    new ScaleChoice(
                            SymmetricRule.CODES_BELOW_ZERO,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.FBGEMM,
                            new MinimumScale(0, 1e-6f, ZeroRange.LEAST_SCALE)),
                    new CodeArithmetic(
                            CodeRounding.HALF_EVEN,
                            ScaleDivision.MULTIPLY_BY_RECIPROCAL,
                            ZeroPointUse.ADDED_BEFORE_ROUNDING,
                            NonFinite.REFUSE_NAN));

    private static final Convention GGML =
            new Convention(
                    "ggml",
                    new ScaleChoice(
                            SymmetricRule.LARGEST_CODE,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.NONE,
                            ONE_FOR_ZEROS),
                    new CodeArithmetic(
                                    CodeRounding.HALF_AWAY_FROM_ZERO,
                                    ScaleDivision.MULTIPLY_BY_RECIPROCAL,
                                    ZeroPointUse.ADDED_AFTER_ROUNDING,
                                    NonFinite.REFUSE_NAN)
                            .withStoredScale(StoredScale.HALF));

    private static final Convention GGML_SIGNED_MAX =
            new Convention(
                    "ggml-signed-max",
                    GGML.scales().withSymmetric(SymmetricRule.SIGNED_MAX),
                    new CodeArithmetic(
                                    CodeRounding.HALF_ADDED_AND_CUT,
                                    ScaleDivision.MULTIPLY_BY_RECIPROCAL,
                                    ZeroPointUse.COUNTED_FROM_LOWEST,
                                    NonFinite.REFUSE_NAN)
                            .withStoredScale(StoredScale.HALF));

    private static final Convention BITSANDBYTES =
            new Convention(
                    "bitsandbytes",
                    new ScaleChoice(
                            SymmetricRule.LARGEST_CODE,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.NONE,
                            ONE_FOR_ZEROS),
                    MULTIPLYING.withNonFinite(NonFinite.REFUSE_NAN));

    private static final Convention AWQ =
            new Convention(
                    "awq",
                    new ScaleChoice(
                            SymmetricRule.LARGEST_CODE,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.AWQ,
                            new MinimumScale(1e-5f, 0, ZeroRange.LEAST_SCALE)),
                    DIVIDING.withNonFinite(NonFinite.REFUSE_NAN));

    private static final Convention GPTQ =
            new Convention(
                    "gptq",
                    new ScaleChoice(
                            SymmetricRule.GPTQ,
                            SymmetricZero.UPPER_MIDDLE,
                            AffineRule.GPTQ,
                            new MinimumScale(0, 0, ZeroRange.LEAST_SCALE)),
                    DIVIDING.withNonFinite(NonFinite.REFUSE_NAN));

    private static final Map<String, Convention> BY_NAME = byName();

    private Conventions() {}

    /**
     * Returns torch's: observers for scales, {@code fake_quantize_per_tensor_affine} for codes.
     * Values are clamped before they become integers, so that {@code +Inf} and \( 10^{30} \)
     * saturate to the highest code also where torch's integer conversion overflows, per channel and
     * in older versions per tensor.
     *
     * @return the convention
     */
    public static Convention asPyTorch() {
        return PYTORCH;
    }

    /**
     * Returns ONNX Runtime's: {@code compute_scale_zp} for scales, {@code QuantizeLinear} and
     * {@code DequantizeLinear} for codes.
     *
     * @return the convention
     */
    public static Convention asOnnxRuntime() {
        return ONNX_RUNTIME;
    }

    /**
     * Returns TensorFlow's: {@code FakeQuantWithMinMaxVars} for affine ranges, TensorFlow Lite's \(
     * A / (2^{b-1} - 1) \) for symmetric ones. A range of zeros makes zeros of everything in
     * TensorFlow, and of all but enormous values here. TensorFlow passes NaN through; it has no
     * code and is refused.
     *
     * @return the convention
     */
    public static Convention asTensorFlow() {
        return TENSORFLOW;
    }

    /**
     * Returns FBGEMM's, which torch quantizes with at run time: {@code ChooseQuantizationParams}
     * for affine ranges, the int4 kernels' \( A / 2^{b-1} \) for symmetric ones.
     *
     * @return the convention
     */
    public static Convention asFbgemm() {
        return FBGEMM;
    }

    /**
     * Returns ggml's for Q8_0; symmetric only.
     *
     * @return the convention
     */
    public static Convention asGgml() {
        return GGML;
    }

    /**
     * Returns ggml's for Q4_0 and Q5_0, whose scales may be negative; symmetric only.
     *
     * @return the convention
     */
    public static Convention asGgmlSignedMax() {
        return GGML_SIGNED_MAX;
    }

    /**
     * Returns bitsandbytes' for 8-bit rows; symmetric only. bitsandbytes multiplies by \( 127 / A
     * \), which is not always the rounded reciprocal of \( A / 127 \): a value within a rounding
     * error of a tie may take the neighbouring code.
     *
     * @return the convention
     */
    public static Convention asBitsandbytes() {
        return BITSANDBYTES;
    }

    /**
     * Returns AWQ's ({@code pseudo_quantize_tensor}), with and without zero points.
     *
     * @return the convention
     * @see <a href="https://arxiv.org/abs/2306.00978">Lin et al., AWQ</a>
     */
    public static Convention asAwq() {
        return AWQ;
    }

    /**
     * Returns that of GPTQ's reference, with and without zero points.
     *
     * @return the convention
     * @see <a href="https://arxiv.org/abs/2210.17323">Frantar et al., GPTQ</a>
     */
    public static Convention asGptq() {
        return GPTQ;
    }

    /**
     * Returns the names of the conventions.
     *
     * @return the names that {@link #named(String)} takes
     */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * Returns a convention.
     *
     * @param name one of {@link #names()}
     * @return the convention
     * @throws IllegalArgumentException if there is no convention of that name
     */
    public static Convention named(String name) {
        Convention convention = BY_NAME.get(name);
        if (convention == null) {
            throw new IllegalArgumentException(
                    "\""
                            + name
                            + "\" is not a convention; legal are "
                            + String.join(", ", names())
                            + ".");
        }
        return convention;
    }

    private static Map<String, Convention> byName() {
        Map<String, Convention> all = new LinkedHashMap<>();
        for (Convention convention :
                List.of(
                        DEFAULT,
                        PYTORCH,
                        ONNX_RUNTIME,
                        TENSORFLOW,
                        FBGEMM,
                        GGML,
                        GGML_SIGNED_MAX,
                        BITSANDBYTES,
                        AWQ,
                        GPTQ)) {
            all.put(convention.name(), convention);
        }
        return all;
    }
}
