package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;

/**
 * The scalar reference of integer quantization: real values to codes and back.
 *
 * <p>\( q = \mathrm{clamp}(\mathrm{rint}(x \cdot (1 / s)) + z, q_{min}, q_{max}) \) and \( \hat x =
 * (q - z) s \) in single precision, rounding half to even, as torch's {@code
 * fake_quantize_per_tensor_affine}. Codes are clamped before they become integers, so values of any
 * size saturate, infinities too. NaN has no code and is refused.
 */
public final class IntegerCodec {

    private IntegerCodec() {}

    /**
     * Quantizes a tensor.
     *
     * @param values the real values in row-major order
     * @param shape the shape of the tensor
     * @param parameters the scales and zero points
     * @return the codes, with the shape and the parameters
     * @throws IllegalArgumentException if the number of values or of scales does not fit the shape,
     *     or a value is NaN
     */
    public static QuantizedTensor quantize(
            float[] values, Shape shape, QuantizationParameters parameters) {
        ScaleLayout layout = layout(values.length, shape, parameters);
        float[] scales = parameters.scales();
        int[] zeroPoints = parameters.zeroPoints();
        IntegerFormat format = parameters.scheme().format();
        byte[] codes = new byte[values.length];
        layout.forEachRun(
                (index, from, to) -> {
                    Step step = new Step(scales[index], zeroPoints[index], format);
                    for (int i = from; i < to; i++) {
                        codes[i] = (byte) step.code(values[i], i);
                    }
                });
        return new QuantizedTensor(shape, codes, parameters);
    }

    /**
     * Computes the real values of codes.
     *
     * @param tensor the codes; those of an unsigned format are read as unsigned bytes
     * @return the values in row-major order
     * @throws IllegalArgumentException if the number of codes or of scales does not fit the shape
     */
    public static float[] dequantize(QuantizedTensor tensor) {
        byte[] codes = tensor.codes();
        QuantizationParameters parameters = tensor.parameters();
        ScaleLayout layout = layout(codes.length, tensor.shape(), parameters);
        float[] scales = parameters.scales();
        int[] zeroPoints = parameters.zeroPoints();
        int mask = parameters.scheme().format().signed() ? -1 : 0xff;
        float[] values = new float[codes.length];
        layout.forEachRun(
                (index, from, to) -> {
                    float scale = scales[index];
                    int zeroPoint = zeroPoints[index];
                    for (int i = from; i < to; i++) {
                        values[i] = ((codes[i] & mask) - zeroPoint) * scale;
                    }
                });
        return values;
    }

    /**
     * Quantizes and dequantizes a tensor.
     *
     * @param values the real values in row-major order
     * @param shape the shape of the tensor
     * @param parameters the scales and zero points
     * @return the nearest representable values
     * @throws IllegalArgumentException if the number of values or of scales does not fit the shape,
     *     or a value is NaN
     */
    public static float[] fakeQuantize(
            float[] values, Shape shape, QuantizationParameters parameters) {
        ScaleLayout layout = layout(values.length, shape, parameters);
        float[] scales = parameters.scales();
        int[] zeroPoints = parameters.zeroPoints();
        IntegerFormat format = parameters.scheme().format();
        float[] result = new float[values.length];
        layout.forEachRun(
                (index, from, to) -> {
                    Step step = new Step(scales[index], zeroPoints[index], format);
                    for (int i = from; i < to; i++) {
                        result[i] = (step.code(values[i], i) - step.zeroPoint()) * step.scale();
                    }
                });
        return result;
    }

    private static ScaleLayout layout(
            int elements, Shape shape, QuantizationParameters parameters) {
        ScaleLayout layout = ScaleLayout.of(parameters.scheme().granularity(), shape);
        layout.requireSize(elements);
        int scales = parameters.scales().length;
        if (scales != layout.count()) {
            throw new IllegalArgumentException(
                    scales
                            + " scales were given for shape "
                            + shape
                            + " quantized "
                            + parameters.scheme().granularity()
                            + ", which takes "
                            + layout.count()
                            + ".");
        }
        return layout;
    }

    /** One scale and zero point with the codes they are clamped to. */
    private record Step(float scale, float inverse, int zeroPoint, int qmin, int qmax) {

        Step(float scale, int zeroPoint, IntegerFormat format) {
            this(scale, 1f / scale, zeroPoint, format.qmin(), format.qmax());
        }

        int code(float value, int index) {
            // The inverse of a subnormal scale overflows, and its product with zero is NaN.
            float ratio = inverse <= Float.MAX_VALUE ? value * inverse : value / scale;
            double code = Math.rint(ratio) + zeroPoint;
            if (code >= qmin && code <= qmax) {
                return (int) code;
            }
            if (Double.isNaN(code)) {
                throw new IllegalArgumentException(
                        "Value " + index + " is NaN, which has no code.");
            }
            return code < qmin ? qmin : qmax;
        }
    }
}
