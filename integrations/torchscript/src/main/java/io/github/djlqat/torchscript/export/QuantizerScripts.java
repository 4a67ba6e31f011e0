package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;
import static io.github.djlqat.torchscript.export.ScriptNode.text;

import io.github.djlqat.convention.CodeArithmetic;
import io.github.djlqat.convention.CodeRounding;
import io.github.djlqat.convention.ScaleDivision;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.convention.ZeroPointUse;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.QuantizationParameters;

/** Activations that are rounded to integer codes with one scale, and back. */
final class QuantizerScripts {

    private final CodeArithmetic arithmetic;
    private final float scale;
    private final int lowest;
    private final int highest;
    private final int zeroPoint;

    private QuantizerScripts(QuantizationParameters parameters) {
        arithmetic = parameters.scheme().convention().arithmetic();
        scale = parameters.scales()[0];
        zeroPoint = parameters.zeroPoints()[0];
        lowest = parameters.scheme().format().qmin() - zeroPoint;
        highest = parameters.scheme().format().qmax() - zeroPoint;
    }

    // (input, parameters)
    static void fakeQuantize(ScriptNode node) {
        QuantizationParameters parameters = node.literal(1, QuantizationParameters.class);
        if (parameters.scales().length != 1) {
            throw node.failure(
                    "activations are quantized per tensor, not with "
                            + parameters.scales().length
                            + " scales");
        }
        CodeArithmetic arithmetic = parameters.scheme().convention().arithmetic();
        if (arithmetic.rounding() == CodeRounding.STOCHASTIC) {
            throw node.failure("its rounding is stochastic; legal are the other roundings");
        }
        node.bind(
                isTorch(arithmetic)
                        ? fused(node, parameters)
                        : new QuantizerScripts(parameters).composed(node));
    }

    private static boolean isTorch(CodeArithmetic arithmetic) {
        return arithmetic.rounding() == CodeRounding.HALF_EVEN
                && arithmetic.division() == ScaleDivision.MULTIPLY_BY_RECIPROCAL
                && arithmetic.zeroPoint() == ZeroPointUse.ADDED_AFTER_ROUNDING
                && arithmetic.storedScale() == StoredScale.SINGLE;
    }

    private static String fused(ScriptNode node, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        return call(
                "fake_quantize_per_tensor_affine",
                node.value(0),
                text(parameters.scales()[0]),
                text(parameters.zeroPoints()[0]),
                text(format.qmin()),
                text(format.qmax()));
    }

    /** The steps of another convention, each in single precision as the convention has it. */
    private String composed(ScriptNode node) {
        String steps = call("clamp", steps(node), text(lowest), text(highest));
        return call("mul", steps, text(arithmetic.storedScale().of(scale)));
    }

    /** The number of steps from zero, before it is clamped. */
    private String steps(ScriptNode node) {
        String x = node.value(0);
        return switch (arithmetic.zeroPoint()) {
            case ADDED_AFTER_ROUNDING -> rounded(node, ratio(x), 0);
            case ADDED_BEFORE_ROUNDING ->
                    call("sub", rounded(node, ratio(x), zeroPoint), text(zeroPoint));
            case COUNTED_FROM_LOWEST -> call("add", rounded(node, ratio(x), -lowest), text(lowest));
            case AS_LOWEST_VALUE -> {
                float low = lowest * scale;
                String within = call("clamp", x, text(low), text(highest * scale));
                yield rounded(node, ratio(call("sub", within, text(low))), lowest);
            }
        };
    }

    private String ratio(String x) {
        return arithmetic.division() == ScaleDivision.DIVIDE
                ? call("div", x, text(scale))
                : call("mul", x, text(1f / scale));
    }

    private String rounded(ScriptNode node, String ratio, int offset) {
        if (arithmetic.rounding() == CodeRounding.HALF_ADDED_AND_CUT) {
            return call("trunc", call("add", ratio, text(offset + 0.5f)));
        }
        String x = offset == 0 ? ratio : call("add", ratio, text(offset));
        return switch (arithmetic.rounding()) {
            case HALF_AWAY_FROM_ZERO -> {
                String value = node.variable(x);
                yield call("mul", halfUp(node, call("abs", value)), call("sign", value));
            }
            case HALF_UP -> halfUp(node, x);
            case FLOOR_OF_HALF_ADDED -> call("floor", call("add", x, "0.5"));
            case TOWARD_ZERO -> call("trunc", x);
            default -> call("round", x);
        };
    }

    /** Compares the fraction, which is exact: a sum with a half would be rounded. */
    private static String halfUp(ScriptNode node, String x) {
        String value = node.variable(x);
        String floor = node.variable(call("floor", value));
        return call("add", floor, call("ge", call("sub", value, floor), "0.5"));
    }
}
