package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
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

    /** Returns the bias that is added to the accumulator, rounded where it fits into 32 bits. */
    float[] rounded(Map<String, FakeQuantize> quantizers) {
        float[] bias = exact();
        QuantizationParameters parameters =
                WeightConverter.parameters(weight, layer, quantizer(quantizers, layer.quantizer()));
        float[] scales = parameters.scales();
        Granularity granularity = parameters.scheme().granularity();
        boolean perTensor = granularity instanceof Granularity.PerTensor;
        if (!perTensor
                && (!(granularity instanceof Granularity.PerChannel channel)
                        || channel.axis() != 0
                        || scales.length != bias.length)) {
            return bias;
        }
        float step = quantizer(quantizers, input).getQuantizationParameters().scales()[0];
        float[] rounded = new float[bias.length];
        for (int i = 0; i < bias.length; i++) {
            double unit = step * scales[perTensor ? 0 : i];
            double code = Math.rint(bias[i] / unit);
            if (!(Math.abs(code) < Integer.MAX_VALUE) || !(unit > 0)) {
                return bias;
            }
            rounded[i] = (float) (code * unit);
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

    private static FakeQuantize quantizer(Map<String, FakeQuantize> quantizers, String name) {
        return Objects.requireNonNull(quantizers.get(name), name);
    }
}
