package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bias of a layer whose input and weight are quantized, as an integer runtime adds it: a 32-bit
 * number of units of the accumulator, \( b = s_x s_w \cdot \mathrm{rint}(b / (s_x s_w)) \).
 *
 * @param layer the weight of the layer
 * @param weight the weight's parameter
 * @param own the layer's own bias, or null for none
 * @param input the quantizer of the layer's input
 * @see <a href="https://arxiv.org/abs/1712.05877">Jacob et al., section 2.4</a>
 */
record LayerBias(WeightUse layer, Parameter weight, @Nullable Parameter own, String input) {

    /** Whether the layer adds a bias, of its own or from the BatchNorm that is folded into it. */
    boolean exists() {
        return own != null || layer.fold() != null;
    }

    /** Returns the value of one unit of the accumulator, by output channel: \( s_x s_w \). */
    float[] units(Map<String, FakeQuantize> quantizers) {
        float step = scale(quantizers, input);
        float[] scales =
                WeightConverter.parameters(weight, layer, quantizer(quantizers, layer.quantizer()))
                        .scales();
        float[] units = new float[Math.toIntExact(weight.getShape().get(layer.outputAxis()))];
        for (int i = 0; i < units.length; i++) {
            units[i] = step * scales[scales.length == 1 ? 0 : i];
        }
        return units;
    }

    /**
     * Returns the bias that is added to the accumulator, in units of it: integers, unless one of
     * them would not fit into 32 bits.
     */
    double[] codes(float[] units) {
        double[] codes = new double[units.length];
        if (!exists()) {
            return codes;
        }
        float[] bias = exact();
        boolean fits = true;
        for (int i = 0; i < codes.length; i++) {
            codes[i] = bias[i] / (double) units[i];
            fits &= Math.abs(Math.rint(codes[i])) < Integer.MAX_VALUE;
        }
        return fits ? Arrays.stream(codes).map(Math::rint).toArray() : codes;
    }

    /** Returns the bias that is added to the accumulator, rounded where it fits into 32 bits. */
    float[] rounded(Map<String, FakeQuantize> quantizers) {
        float[] units = units(quantizers);
        double[] codes = codes(units);
        float[] rounded = new float[codes.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) (codes[i] * units[i]);
            if (Float.isNaN(rounded[i])) {
                return exact();
            }
        }
        return rounded;
    }

    /** Returns the shift of the BatchNorm with which it adds the rounded bias. */
    float[] roundedShift(BatchNormFold fold, Map<String, FakeQuantize> quantizers) {
        float[] bias = rounded(quantizers);
        float[] values = own == null ? new float[bias.length] : own.getArray().toFloatArray();
        float[] means = fold.mean().getArray().toFloatArray();
        double[] factors = fold.factors();
        float[] shift = new float[bias.length];
        for (int i = 0; i < shift.length; i++) {
            shift[i] = (float) (bias[i] - ((double) values[i] - means[i]) * factors[i]);
        }
        return shift;
    }

    Shape shape() {
        return new Shape(weight.getShape().get(layer.outputAxis()));
    }

    private float[] exact() {
        float[] values = own == null ? null : own.getArray().toFloatArray();
        return layer.fold() == null
                ? Objects.requireNonNull(values)
                : layer.fold().foldBias(values);
    }

    private static float scale(Map<String, FakeQuantize> quantizers, String name) {
        return quantizer(quantizers, name).getQuantizationParameters().scales()[0];
    }

    private static FakeQuantize quantizer(Map<String, FakeQuantize> quantizers, String name) {
        return Objects.requireNonNull(quantizers.get(name), name);
    }
}
