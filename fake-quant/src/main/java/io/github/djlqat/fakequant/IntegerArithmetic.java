package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes operations on codes as an integer runtime does, to the same codes.
 *
 * <p>A sum of float products depends on the order of its terms, and now and then on which side of a
 * tie the next quantizer finds it; a sum of codes does not. So the codes are multiplied and summed
 * as floats that are exact because they are integers below \( 2^{24} \), the accumulator takes the
 * bias in units of itself, and one multiplication takes it to units of the result, \( q_y =
 * \mathrm{rint}((\sum q_x q_w + q_b) \cdot s_x s_w / s_y) \), in the order of operations of ONNX
 * Runtime's kernels. The quantizer behind then finds a multiple of its own scale.
 *
 * @see <a href="https://arxiv.org/abs/1712.05877">Jacob et al., section 2.2</a>
 */
final class IntegerArithmetic {

    private static final int INPUT = 1;
    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final float EXACT = 0x1p24f;
    private static final float DIGIT = 16;

    /** What a runtime adds to signed codes, to hold all codes in unsigned bytes. */
    private static final int SIGNED_OFFSET = 128;

    private final Map<String, FakeQuantize> quantizers;

    IntegerArithmetic(Map<String, FakeQuantize> quantizers) {
        this.quantizers = quantizers;
    }

    /**
     * Computes an operation on fake-quantized arguments.
     *
     * @return the real values of the result, before it is clamped to its format
     */
    NDList compute(IntegerOperation operation, OpCall call, List<@Nullable Object> arguments) {
        if (operation instanceof IntegerOperation.Layer layer) {
            return new NDList(layer(layer, call, arguments));
        }
        if (operation instanceof IntegerOperation.Addition addition) {
            return new NDList(add(addition, array(arguments, 0), array(arguments, 1)));
        }
        return new NDList(
                average((IntegerOperation.GlobalAverage) operation, call, array(arguments, 0)));
    }

    private NDArray layer(
            IntegerOperation.Layer operation, OpCall call, List<@Nullable Object> arguments) {
        LayerBias layer = operation.layer();
        QuantizationParameters input = parameters(layer.input());
        float[] units = layer.units(quantizers);
        BiFunction<NDArray, NDArray, NDArray> multiply =
                (x, w) -> {
                    List<@Nullable Object> changed = new ArrayList<>(arguments);
                    changed.set(INPUT, x);
                    changed.set(WEIGHT, w);
                    changed.set(BIAS, null);
                    return call.proceed(changed).singletonOrThrow();
                };
        NDArray result;
        try (NDArray x = codes(array(arguments, INPUT), input.scales()[0]);
                NDArray w = weightCodes(layer, array(arguments, WEIGHT), units, input)) {
            result = accumulate(x, w, largestCode(input), multiply);
        }
        if (layer.exists()) {
            addByChannel(result, BatchNormFold.toFloats(layer.codes(units)));
        }
        return rescale(result, units, operation.output());
    }

    /**
     * Whether the arithmetic here is that of a scheme: one scale, and ONNX Runtime's convention or
     * none in particular.
     */
    static boolean follows(QuantizationScheme scheme) {
        return !(scheme.granularity() instanceof Granularity.PerToken)
                && (scheme.convention().equals(Conventions.DEFAULT)
                        || scheme.convention().equals(Conventions.asOnnxRuntime()));
    }

    /**
     * Rounds to multiples of a quantizer's scale, by dividing as runtimes do where training
     * multiplies by the reciprocal. Nothing is clamped.
     */
    NDArray round(NDArray values, String quantizer) {
        float scale = parameters(quantizer).scales()[0];
        return codes(values, scale).muli(scale);
    }

    /** Returns the codes less their zero point of an array of fake-quantized values. */
    private static NDArray codes(NDArray values, float scale) {
        try (NDArray ratio = values.div(scale)) {
            return ratio.round();
        }
    }

    private static NDArray weightCodes(
            LayerBias layer, NDArray w, float[] units, QuantizationParameters input) {
        double[] factors = layer.layer().fold() == null ? null : layer.layer().fold().factors();
        float[] perCode = new float[units.length];
        for (int i = 0; i < perCode.length; i++) {
            double scale = (double) units[i] / input.scales()[0];
            perCode[i] = (float) ((factors == null ? 1 : factors[i]) / scale);
        }
        long[] shape = new long[w.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[0] = perCode.length;
        return Opaque.run(
                "The codes of a weight",
                w.getManager(),
                List.of(w),
                (manager, plain) -> {
                    try (NDArray factor = owned(manager.create(perCode, new Shape(shape)));
                            NDArray ratio = plain.get(0).mul(factor)) {
                        return ratio.round();
                    }
                });
    }

    /** Sums products of codes, exactly. */
    private static NDArray accumulate(
            NDArray x,
            NDArray w,
            float largestCode,
            BiFunction<NDArray, NDArray, NDArray> multiply) {
        float largestRow = largestRowSum(w);
        if (largestRow * largestCode < EXACT) {
            return multiply.apply(x, w);
        }
        if (largestRow * (DIGIT - 1) < EXACT) {
            return accumulateDigits(x, w, multiply);
        }
        try (NDArray x64 = x.toType(DataType.FLOAT64, true);
                NDArray w64 = w.toType(DataType.FLOAT64, true);
                NDArray sum = multiply.apply(x64, w64)) {
            return sum.toType(DataType.FLOAT32, true);
        }
    }

    private static NDArray accumulateDigits(
            NDArray x, NDArray w, BiFunction<NDArray, NDArray, NDArray> multiply) {
        try (NDArray ratio = x.div(DIGIT);
                NDArray high = ratio.trunc();
                NDArray shifted = high.mul(DIGIT);
                NDArray low = x.sub(shifted);
                NDArray lowSum = multiply.apply(low, w)) {
            return multiply.apply(high, w).muli(DIGIT).addi(lowSum);
        }
    }

    private static float largestRowSum(NDArray w) {
        int[] axes = new int[w.getShape().dimension() - 1];
        Arrays.setAll(axes, i -> i + 1);
        try (NDArray magnitudes = w.abs();
                NDArray sums = magnitudes.sum(axes);
                NDArray largest = sums.max()) {
            return largest.getFloat();
        }
    }

    private static float largestCode(QuantizationParameters parameters) {
        int zeroPoint = parameters.zeroPoints()[0];
        return Math.max(
                parameters.scheme().format().qmax() - zeroPoint,
                zeroPoint - parameters.scheme().format().qmin());
    }

    private static void addByChannel(NDArray result, float[] values) {
        try (NDArray shift = byChannel(result, values)) {
            result.addi(shift);
        }
    }

    private static NDArray byChannel(NDArray like, float[] values) {
        long[] shape = new long[like.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[1] = values.length;
        return owned(like.getManager().create(values, new Shape(shape)));
    }

    /**
     * Returns a copy in native memory. What was created from Java's goes with its array, although
     * autograd may have kept it for a backward.
     */
    private static NDArray owned(NDArray created) {
        try (created) {
            return created.duplicate();
        }
    }

    /** Takes an accumulator to the output's units and rounds it, or to real values. */
    private NDArray rescale(NDArray accumulator, float[] units, @Nullable String output) {
        float scale = output == null ? 1 : parameters(output).scales()[0];
        float[] multipliers = units.clone();
        for (int i = 0; i < multipliers.length; i++) {
            multipliers[i] /= scale;
        }
        try (NDArray multiplier = byChannel(accumulator, multipliers)) {
            accumulator.muli(multiplier);
        }
        return output == null ? accumulator : rounded(accumulator, scale);
    }

    private static NDArray rounded(NDArray codes, float scale) {
        try (codes) {
            return codes.round().muli(scale);
        }
    }

    /**
     * Adds as vectorized kernels do: one fused multiplication and addition for each summand, onto a
     * constant that holds the zero points. A double holds the products exactly.
     */
    private NDArray add(IntegerOperation.Addition operation, NDArray left, NDArray right) {
        QuantizationParameters a = parameters(operation.left());
        QuantizationParameters b = parameters(operation.right());
        QuantizationParameters c = parameters(operation.output());
        float scale = c.scales()[0];
        float leftRatio = a.scales()[0] / scale;
        float rightRatio = b.scales()[0] / scale;
        float constant =
                unsignedZeroPoint(c)
                        - Math.fma(
                                leftRatio, unsignedZeroPoint(a), rightRatio * unsignedZeroPoint(b));
        try (NDArray start = fused(right, b, rightRatio).addi(constant);
                NDArray rounded = start.toType(DataType.FLOAT32, true);
                NDArray product = fused(left, a, leftRatio);
                NDArray sum = product.add(rounded.toType(DataType.FLOAT64, false));
                NDArray single = sum.toType(DataType.FLOAT32, true);
                NDArray codes = single.round()) {
            return codes.sub(unsignedZeroPoint(c)).muli(scale);
        }
    }

    private static NDArray fused(NDArray values, QuantizationParameters parameters, float ratio) {
        try (NDArray codes = codes(values, parameters.scales()[0])) {
            return codes.toType(DataType.FLOAT64, true)
                    .addi(unsignedZeroPoint(parameters))
                    .muli((double) ratio);
        }
    }

    private static int unsignedZeroPoint(QuantizationParameters parameters) {
        return parameters.zeroPoints()[0]
                + (parameters.scheme().format().signed() ? SIGNED_OFFSET : 0);
    }

    private NDArray average(IntegerOperation.GlobalAverage operation, OpCall call, NDArray x) {
        float inputScale = parameters(operation.input()).scales()[0];
        float scale = parameters(operation.output()).scales()[0];
        long positions = x.getShape().slice(2).size();
        try (NDArray codes = codes(x, inputScale)) {
            List<@Nullable Object> changed = new ArrayList<>(call.arguments());
            changed.set(0, codes);
            NDArray mean = call.proceed(changed).singletonOrThrow();
            try (NDArray product = mean.mul(positions);
                    NDArray sum = product.round();
                    NDArray ratio = sum.mul(inputScale / (scale * positions))) {
                return ratio.round().muli(scale);
            } finally {
                mean.close();
            }
        }
    }

    private static NDArray array(List<@Nullable Object> arguments, int index) {
        return (NDArray) Objects.requireNonNull(arguments.get(index));
    }

    private QuantizationParameters parameters(String quantizer) {
        return Objects.requireNonNull(quantizers.get(quantizer), quantizer)
                .getQuantizationParameters();
    }
}
