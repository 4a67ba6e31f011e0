package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.IntegerQuantizer;

/**
 * The scalar reference of integer quantization: real values to codes and back, as the scheme's
 * convention says.
 *
 * <p>By default \( q = \mathrm{clamp}(\mathrm{rint}(x \cdot (1 / s)) + z, q_{min}, q_{max}) \) and
 * \( \hat x = (q - z) s \) in single precision, rounding half to even, as torch's {@code
 * fake_quantize_per_tensor_affine}, and NaN is refused. Codes are clamped before they become
 * integers, so values of any size saturate, infinities too.
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
     *     a code takes more than a byte, or the convention refuses a value, as the default refuses
     *     NaN
     */
    public static QuantizedTensor quantize(
            float[] values, Shape shape, QuantizationParameters parameters) {
        BitPacking.requireByte(parameters.scheme().format());
        ScaleLayout layout = layout(values.length, shape, parameters);
        IntegerQuantizer[] quantizers = quantizers(parameters);
        byte[] codes = new byte[values.length];
        layout.forEachRun(
                (index, from, to) -> {
                    IntegerQuantizer quantizer = quantizers[index];
                    for (int i = from; i < to; i++) {
                        codes[i] = (byte) quantizer.code(values[i], i);
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
        IntegerQuantizer[] quantizers = quantizers(parameters);
        int mask = parameters.scheme().format().signed() ? -1 : 0xff;
        float[] values = new float[codes.length];
        layout.forEachRun(
                (index, from, to) -> {
                    IntegerQuantizer quantizer = quantizers[index];
                    for (int i = from; i < to; i++) {
                        values[i] = quantizer.value(codes[i] & mask);
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
     *     or the convention refuses a value, as the default refuses NaN
     */
    public static float[] fakeQuantize(
            float[] values, Shape shape, QuantizationParameters parameters) {
        ScaleLayout layout = layout(values.length, shape, parameters);
        IntegerQuantizer[] quantizers = quantizers(parameters);
        float[] result = new float[values.length];
        layout.forEachRun(
                (index, from, to) -> {
                    IntegerQuantizer quantizer = quantizers[index];
                    for (int i = from; i < to; i++) {
                        result[i] = quantizer.value(quantizer.code(values[i], i));
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

    private static IntegerQuantizer[] quantizers(QuantizationParameters parameters) {
        QuantizationScheme scheme = parameters.scheme();
        float[] scales = parameters.scales();
        int[] zeroPoints = parameters.zeroPoints();
        IntegerQuantizer[] quantizers = new IntegerQuantizer[scales.length];
        for (int i = 0; i < scales.length; i++) {
            quantizers[i] =
                    new IntegerQuantizer(
                            scheme.convention().arithmetic(),
                            scheme.format(),
                            scales[i],
                            zeroPoints[i]);
        }
        return quantizers;
    }
}
