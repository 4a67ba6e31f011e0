package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.MxFormat;
import io.github.djlqat.block.NvFp4Format;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.recipe.TensorFormat;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes constants that were rounded to MX or NVFP4 blocks, \( \hat x = v_q s \) with a scale for
 * each block of a row.
 *
 * <p>Elements of 8 bits are blockwise DequantizeLinear, the scales, powers of two, in single
 * precision. ONNX Runtime has no elements of 4 and 6 bits: these are codes into a table of all
 * values of the element, by a Gather and a Mul. A row, which is an index of the first axis, is
 * filled up with zeros to whole blocks that are cut off behind. A graph holds the values; scales
 * and codes are found from them, and a constant that these do not give exactly is not written.
 */
final class BlockWeights {

    /** The first opset with blockwise dequantization, and with 4-bit integers. */
    private static final int BLOCKWISE = 21;

    private static final int INT8_FRACTION_BITS = 6;
    private static final int NIBBLE = 4;

    private final OnnxGraphBuilder builder;
    private final boolean packed;

    /**
     * Creates a writer.
     *
     * @param packed whether codes of 4 bits are stored two in a byte
     */
    BlockWeights(OnnxGraphBuilder builder, boolean packed) {
        this.builder = builder;
        this.packed = packed;
    }

    /**
     * The elements of a format.
     *
     * @param format the floating-point format, or null for integers in units of \( 2^{-6} \)
     * @param block the number of elements that share a scale
     * @param powers whether scales are powers of two
     */
    private record Elements(@Nullable FloatFormat format, int block, boolean powers) {

        int bits() {
            return format == null ? Byte.SIZE : format.bits();
        }

        int encode(double value) {
            return format == null
                    ? (int) Math.rint(Math.scalb(value, INT8_FRACTION_BITS)) & 0xff
                    : FloatCodec.encode(
                            format, (float) value, Rounding.HALF_EVEN, Overflow.SATURATE);
        }

        float decode(int code) {
            return format == null
                    ? Math.scalb((float) (byte) code, -INT8_FRACTION_BITS)
                    : FloatCodec.decode(format, code);
        }

        boolean isExact(float value, float scale) {
            return decode(encode(value / (double) scale)) * scale == value;
        }

        int largestExponent() {
            return format == null ? 0 : Math.getExponent((float) format.maxValue());
        }
    }

    private static @Nullable Elements elements(Argument argument) {
        if (!(argument instanceof Argument.Constant constant)
                || !(constant.format() instanceof TensorFormat.Blocked blocked)) {
            return null;
        }
        if (blocked.format() instanceof NvFp4Format format) {
            return new Elements(FloatFormat.FLOAT4_E2M1FN, format.blockSize(), false);
        }
        if (!(blocked.format() instanceof MxFormat format)) {
            return null;
        }
        FloatFormat element =
                switch (format.element()) {
                    case E2M1 -> FloatFormat.FLOAT4_E2M1FN;
                    case E2M3 -> FloatFormat.FLOAT6_E2M3FN;
                    case E3M2 -> FloatFormat.FLOAT6_E3M2FN;
                    case E4M3 -> FloatFormat.FLOAT8_E4M3FN;
                    case E5M2 -> FloatFormat.FLOAT8_E5M2;
                    case INT8 -> null;
                };
        return new Elements(element, format.blockSize(), true);
    }

    /** Returns the first opset that an argument can be written in, or 0. */
    static int opset(Argument argument, boolean packed) {
        Elements elements = elements(argument);
        boolean needed =
                elements != null
                        && (elements.bits() == Byte.SIZE || elements.bits() == NIBBLE && packed);
        return needed ? BLOCKWISE : 0;
    }

    /**
     * Adds a constant.
     *
     * @return the name of the tensor of its values, or null if they are no such blocks
     */
    @Nullable String write(Argument.Constant constant) {
        Elements elements = elements(constant);
        if (elements == null
                || !(constant.data() instanceof float[] values)
                || constant.shape().dimension() < 2
                || values.length == 0) {
            return null;
        }
        int rows = Math.toIntExact(constant.shape().get(0));
        int columns = values.length / rows;
        int blocks = (columns + elements.block() - 1) / elements.block();
        int width = blocks * elements.block();
        float[] scales = new float[rows * blocks];
        byte[] codes = new byte[rows * width];
        for (int i = 0; i < scales.length; i++) {
            int from = i / blocks * columns + i % blocks * elements.block();
            int to = Math.min(from + elements.block(), (i / blocks + 1) * columns);
            float scale = scale(values, from, to, elements);
            if (Float.isNaN(scale)) {
                return null;
            }
            scales[i] = scale;
            for (int j = from; j < to; j++) {
                codes[i * elements.block() + j - from] =
                        (byte) elements.encode(values[j] / (double) scale);
            }
        }
        String dequantized =
                elements.bits() == Byte.SIZE
                        ? blockwise(constant.name(), elements, codes, scales, rows)
                        : looked(constant.name(), elements, codes, scales, rows);
        return shaped(constant, dequantized, columns, width);
    }

    /** Returns a scale that gives all values of a block, or NaN. */
    private static float scale(float[] values, int from, int to, Elements elements) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        if (largest == 0) {
            return 1;
        }
        for (float candidate : candidates(largest, elements)) {
            boolean usable = candidate > 0 && candidate <= Float.MAX_VALUE;
            if (usable
                    && IntStream.range(from, to)
                            .allMatch(i -> elements.isExact(values[i], candidate))) {
                return candidate;
            }
        }
        return Float.NaN;
    }

    /** The scales that may have made a block's largest magnitude, the likeliest first. */
    private static float[] candidates(float largest, Elements elements) {
        if (elements.powers()) {
            int exponent = Math.getExponent((double) largest) - elements.largestExponent();
            return new float[] {
                (float) Math.scalb(1.0, exponent),
                (float) Math.scalb(1.0, exponent + 1),
                (float) Math.scalb(1.0, exponent - 1)
            };
        }
        float[] magnitudes = {6, 4, 3, 2, 1.5f, 1, 0.5f};
        float[] candidates = new float[3 * magnitudes.length];
        for (int i = 0; i < magnitudes.length; i++) {
            float quotient = largest / magnitudes[i];
            candidates[3 * i] = quotient;
            candidates[3 * i + 1] = Math.nextUp(quotient);
            candidates[3 * i + 2] = Math.nextDown(quotient);
        }
        return candidates;
    }

    private String blockwise(
            String name, Elements elements, byte[] codes, float[] scales, int rows) {
        FloatFormat format = elements.format();
        int type = format == null ? Tensors.INT8 : Tensors.type(format);
        if (format == null) {
            for (int i = 0; i < scales.length; i++) {
                scales[i] = Math.scalb(scales[i], -INT8_FRACTION_BITS);
            }
        }
        String codesName = builder.uniqueName(name + "_quantized");
        builder.initializer(Tensors.bytes(codesName, type, codes, rows, codes.length / rows));
        long[] scaleDims = {rows, scales.length / rows};
        String scaleName =
                builder.initializer(
                        Tensors.of(builder.uniqueName(name + "_scale"), scales, scaleDims));
        String zero =
                builder.shared(
                        name + "_zero_point",
                        Tensors.bytes("", type, new byte[scales.length], scaleDims));
        return builder.node(
                "DequantizeLinear",
                name + "/DequantizeLinear",
                new Attributes().integer("axis", 1).integer("block_size", elements.block()),
                codesName,
                scaleName,
                zero);
    }

    private String looked(String name, Elements elements, byte[] codes, float[] scales, int rows) {
        float[] table = new float[1 << elements.bits()];
        for (int i = 0; i < table.length; i++) {
            table[i] = elements.decode(i);
        }
        String codesName = builder.uniqueName(name + "_quantized");
        builder.initializer(
                packed && elements.bits() == NIBBLE
                        ? Tensors.nibbles(
                                codesName, Tensors.UINT4, codes, scales.length, elements.block())
                        : Tensors.bytes(
                                codesName, Tensors.UINT8, codes, scales.length, elements.block()));
        String scaleName =
                builder.initializer(
                        Tensors.of(builder.uniqueName(name + "_scale"), scales, scales.length, 1));
        String indices =
                builder.node(
                        "Cast",
                        name + "/Cast",
                        new Attributes().integer("to", Tensors.INT32),
                        codesName);
        String entries = builder.constant("table", table, table.length);
        String looked =
                builder.node("Gather", name + "/Gather", new Attributes(), entries, indices);
        String values = builder.node("Mul", name + "/Mul", new Attributes(), looked, scaleName);
        return reshape(name, values, new long[] {rows, codes.length / rows});
    }

    /** Cuts off what fills up rows, and gives the constant its shape. */
    private String shaped(Argument.Constant constant, String values, int columns, int width) {
        String cut = values;
        if (columns < width) {
            cut =
                    builder.node(
                            "Slice",
                            constant.name() + "/Slice",
                            new Attributes(),
                            values,
                            builder.constant("constant", new long[] {0}, 1),
                            builder.constant("constant", new long[] {columns}, 1),
                            builder.constant("constant", new long[] {1}, 1));
        }
        Shape shape = constant.shape();
        return shape.dimension() == 2 ? cut : reshape(constant.name(), cut, shape.getShape());
    }

    private String reshape(String name, String values, long[] dims) {
        return builder.node(
                "Reshape",
                name + "/Reshape",
                new Attributes(),
                values,
                builder.constant("shape", dims, dims.length));
    }
}
