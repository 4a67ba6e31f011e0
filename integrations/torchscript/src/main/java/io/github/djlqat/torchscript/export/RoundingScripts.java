package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;
import static io.github.djlqat.torchscript.export.ScriptNode.text;

import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import java.util.Map;

/**
 * Activations that are rounded to floats of 8 or 16 bits, with the scale of each batch or token
 * taken from its largest magnitude, by the same steps as the model computes them.
 */
final class RoundingScripts {

    private static final Map<FloatFormat, Integer> TYPES =
            Map.of(
                    FloatFormat.FLOAT16,
                    ElementTypes.FLOAT16,
                    FloatFormat.BFLOAT16,
                    ElementTypes.BFLOAT16,
                    FloatFormat.FLOAT8_E4M3FN,
                    ElementTypes.FLOAT8_E4M3,
                    FloatFormat.FLOAT8_E5M2,
                    ElementTypes.FLOAT8_E5M2);

    private RoundingScripts() {}

    // (input, format)
    static void round(ScriptNode node) {
        if (node.isLiteral(1, TensorFormat.Unscaled.class)) {
            FloatFormat format = node.literal(1, TensorFormat.Unscaled.class).format();
            if (TYPES.containsKey(format)) {
                node.bind(nearest(node.value(0), format));
                return;
            }
        } else if (node.isLiteral(1, TensorFormat.Scaled.class)) {
            TensorFormat.Scaled scaled = node.literal(1, TensorFormat.Scaled.class);
            boolean shared =
                    scaled.granularity() instanceof Granularity.PerTensor
                            || scaled.granularity() instanceof Granularity.PerToken;
            if (shared
                    && scaled.format() instanceof FloatFormat format
                    && TYPES.containsKey(format)) {
                node.bind(scaled(node, format, scaled.granularity()));
                return;
            }
        }
        throw node.failure(
                "its input is rounded to "
                        + node.argument(1)
                        + ", which PyTorch has no type for; legal are float16, bfloat16, and 8-bit floats (E4M3FN,"
                        + " E5M2) with a scale for the tensor or each token");
    }

    /** Larger magnitudes become the format's largest value, not infinity. */
    private static String nearest(String x, FloatFormat format) {
        double largest = format.maxValue();
        String clamped = call("clamp", x, text(-largest), text(largest));
        String rounded = call("to", clamped, String.valueOf(TYPES.get(format)));
        return call("to", rounded, ElementTypes.FLOAT32);
    }

    private static String scaled(ScriptNode node, FloatFormat format, Granularity granularity) {
        String magnitudes = call("abs", node.value(0));
        String largest =
                granularity instanceof Granularity.PerToken
                        ? call("amax", magnitudes, "[-1]", "True")
                        : call("max", magnitudes);
        String quotient = node.variable(call("div", largest, text(format.maxValue())));
        // Values that are all zero stay so.
        String scale = node.variable(call("add", quotient, call("eq", quotient, "0")));
        return call("mul", nearest(call("div", node.value(0), scale), format), scale);
    }
}
