package io.github.djlqat.onnx;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.ScaleLayout;
import org.jspecify.annotations.Nullable;

/**
 * Writes constants that were rounded to floats of 8 or 16 bits in these types.
 *
 * <p>A graph holds their values. The codes and scales that give these values, to the last bit, are
 * found again from them: the largest magnitude of those that share a scale is the format's largest
 * value times the scale.
 */
final class FloatWeights {

    /** The first opset with 8-bit floats. */
    private static final int FLOAT8_OPSET = 19;

    /** The first opset with scales for groups. */
    private static final int BLOCKWISE_OPSET = 21;

    private final OnnxGraphBuilder builder;

    FloatWeights(OnnxGraphBuilder builder) {
        this.builder = builder;
    }

    /** Returns the first opset that has the types of an argument, or 0. */
    static int opset(Argument argument) {
        TensorFormat format =
                argument instanceof Argument.Constant constant
                        ? constant.format()
                        : argument instanceof Argument.Literal literal
                                        && literal.value() instanceof TensorFormat rounding
                                ? rounding
                                : null;
        if (!(format instanceof TensorFormat.Scaled scaled)
                || !(scaled.format() instanceof FloatFormat floats)
                || Tensors.type(floats) == 0) {
            return 0;
        }
        return scaled.granularity() instanceof Granularity.PerGroup
                ? BLOCKWISE_OPSET
                : FLOAT8_OPSET;
    }

    /**
     * Adds a constant.
     *
     * @return the name of the tensor of its values, or null if it is of no such type
     */
    @Nullable String write(Argument.Constant constant) {
        if (!(constant.data() instanceof float[] values)) {
            return null;
        }
        if (constant.format() instanceof TensorFormat.Unscaled unscaled
                && Tensors.type(unscaled.format()) != 0) {
            return half(constant, values, unscaled.format());
        }
        if (constant.format() instanceof TensorFormat.Scaled scaled
                && scaled.format() instanceof FloatFormat format
                && format.bits() == Byte.SIZE
                && Tensors.type(format) != 0
                && isScalable(constant, scaled.granularity())) {
            return scaled(constant, values, format, scaled.granularity());
        }
        return null;
    }

    private static boolean isScalable(Argument.Constant constant, Granularity granularity) {
        return granularity instanceof Granularity.PerTensor
                || granularity instanceof Granularity.PerChannel
                || granularity instanceof Granularity.PerGroup group
                        && constant.shape().get(group.axis()) % group.size() == 0;
    }

    private String half(Argument.Constant constant, float[] values, FloatFormat format) {
        short[] codes = new short[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (short) encode(format, values[i]);
        }
        String name = builder.uniqueName(constant.name() + "_rounded");
        builder.initializer(
                Tensors.halves(name, Tensors.type(format), codes, constant.shape().getShape()));
        return builder.node(
                "Cast",
                constant.name() + "/Cast",
                new Attributes().integer("to", Tensors.FLOAT),
                name);
    }

    private @Nullable String scaled(
            Argument.Constant constant,
            float[] values,
            FloatFormat format,
            Granularity granularity) {
        ScaleLayout layout = ScaleLayout.of(granularity, constant.shape());
        float[] scales = scales(values, layout, format);
        byte[] codes = new byte[values.length];
        boolean[] exact = {true};
        layout.forEachRun(
                (index, from, to) -> {
                    for (int i = from; i < to; i++) {
                        int code = encode(format, values[i] / scales[index]);
                        codes[i] = (byte) code;
                        exact[0] &= FloatCodec.decode(format, code) * scales[index] == values[i];
                    }
                });
        if (!exact[0]) {
            return null;
        }
        long[] dims = constant.shape().getShape();
        Attributes attributes = new Attributes();
        long[] scaleDims = new long[0];
        if (granularity instanceof Granularity.PerChannel channel) {
            attributes.integer("axis", channel.axis());
            scaleDims = new long[] {scales.length};
        } else if (granularity instanceof Granularity.PerGroup group) {
            attributes.integer("axis", group.axis()).integer("block_size", group.size());
            scaleDims = dims.clone();
            scaleDims[group.axis()] /= group.size();
        }
        int type = Tensors.type(format);
        String name = builder.uniqueName(constant.name() + "_rounded");
        builder.initializer(Tensors.bytes(name, type, codes, dims));
        String scale =
                builder.initializer(
                        Tensors.of(
                                builder.uniqueName(constant.name() + "_scale"), scales, scaleDims));
        String zero =
                builder.shared(
                        constant.name() + "_zero_point",
                        Tensors.bytes("", type, new byte[scales.length], scaleDims));
        return builder.node(
                "DequantizeLinear",
                constant.name() + "/DequantizeLinear",
                attributes,
                name,
                scale,
                zero);
    }

    /** Finds the scales; a quotient may be one unit beside the scale that was multiplied by. */
    private static float[] scales(float[] values, ScaleLayout layout, FloatFormat format) {
        float[] largest = new float[layout.count()];
        layout.forEachRun(
                (index, from, to) -> {
                    for (int i = from; i < to; i++) {
                        largest[index] = Math.max(largest[index], Math.abs(values[i]));
                    }
                });
        float[] scales = new float[largest.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = largest[i] == 0 ? 1 : largest[i] / (float) format.maxValue();
        }
        int[] mismatches = mismatches(values, layout, format, scales);
        for (int step : new int[] {1, -1}) {
            float[] moved = scales.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] = step > 0 ? Math.nextUp(scales[i]) : Math.nextDown(scales[i]);
            }
            int[] others = mismatches(values, layout, format, moved);
            for (int i = 0; i < moved.length; i++) {
                if (others[i] < mismatches[i]) {
                    scales[i] = moved[i];
                    mismatches[i] = others[i];
                }
            }
        }
        return scales;
    }

    private static int[] mismatches(
            float[] values, ScaleLayout layout, FloatFormat format, float[] scales) {
        int[] counts = new int[scales.length];
        layout.forEachRun(
                (index, from, to) -> {
                    for (int i = from; i < to; i++) {
                        int code = encode(format, values[i] / scales[index]);
                        if (FloatCodec.decode(format, code) * scales[index] != values[i]) {
                            counts[index]++;
                        }
                    }
                });
        return counts;
    }

    private static int encode(FloatFormat format, float value) {
        return FloatCodec.encode(format, value, Rounding.HALF_EVEN, Overflow.SATURATE);
    }
}
