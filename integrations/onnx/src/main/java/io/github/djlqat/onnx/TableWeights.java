package io.github.djlqat.onnx;

import io.github.djlqat.block.BitsAndBytesFormat;
import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.recipe.TensorFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes constants that were rounded to NF4 or FP4 as codes into a table of 16 values and a scale
 * for each block, \( \hat x = t_q s \), which ONNX has no type for: a Gather and a Mul, computed
 * once when the file is loaded.
 *
 * <p>A graph holds the values. Since the largest value of either table is 1, the largest magnitude
 * of a block is its scale. A constant whose blocks are not consecutive in it is not written.
 */
final class TableWeights {

    private static final int LARGEST_CODE = 15;

    private final OnnxGraphBuilder builder;
    private final boolean packed;

    /**
     * Creates a writer.
     *
     * @param packed whether codes are stored two in a byte
     */
    TableWeights(OnnxGraphBuilder builder, boolean packed) {
        this.builder = builder;
        this.packed = packed;
    }

    /** Whether an argument was rounded to such a format. */
    static boolean holds(Argument argument) {
        return argument instanceof Argument.Constant constant && format(constant) != null;
    }

    private static @Nullable BitsAndBytesFormat format(Argument.Constant constant) {
        return constant.format() instanceof TensorFormat.Blocked blocked
                        && blocked.format() instanceof BitsAndBytesFormat format
                ? format
                : null;
    }

    /**
     * Adds a constant.
     *
     * @return the name of the tensor of its values, or null if they are no such codes
     */
    @Nullable String write(Argument.Constant constant) {
        BitsAndBytesFormat format = format(constant);
        if (format == null || !(constant.data() instanceof float[] values)) {
            return null;
        }
        int block = format.blockSize();
        int blocks = (values.length + block - 1) / block;
        float[] scales = new float[blocks];
        for (int i = 0; i < values.length; i++) {
            scales[i / block] = Math.max(scales[i / block], Math.abs(values[i]));
        }
        CodebookFormat table = format.codebook();
        float[] entries = table.values();
        byte[] codes = new byte[blocks * block];
        for (int i = 0; i < values.length; i++) {
            float scale = scales[i / block];
            int code = CodebookCodec.encode(table, scale == 0 ? 0 : values[i] / scale);
            if (code > LARGEST_CODE || entries[code] * scale != values[i]) {
                return null;
            }
            codes[i] = (byte) code;
        }
        return dequantized(constant, codes, Arrays.copyOf(entries, entries.length), scales);
    }

    private String dequantized(
            Argument.Constant constant, byte[] codes, float[] entries, float[] scales) {
        String name = constant.name();
        String site = name + "/";
        long blocks = scales.length;
        long block = codes.length / blocks;
        String codesName = builder.uniqueName(name + "_quantized");
        builder.initializer(
                packed
                        ? Tensors.nibbles(codesName, Tensors.UINT4, codes, blocks, block)
                        : Tensors.bytes(codesName, Tensors.UINT8, codes, blocks, block));
        String scaleName =
                builder.initializer(
                        Tensors.of(builder.uniqueName(name + "_scale"), scales, blocks, 1));
        String indices =
                builder.node(
                        "Cast",
                        site + "Cast",
                        new Attributes().integer("to", Tensors.INT32),
                        codesName);
        String table = builder.constant("table", entries, entries.length);
        String looked = builder.node("Gather", site + "Gather", new Attributes(), table, indices);
        String values = builder.node("Mul", site + "Mul", new Attributes(), looked, scaleName);
        long size = constant.shape().size();
        if (size < codes.length) {
            String flat =
                    builder.node(
                            "Reshape",
                            site + "Flat",
                            new Attributes(),
                            values,
                            builder.constant("shape", new long[] {-1}, 1));
            values =
                    builder.node(
                            "Slice",
                            site + "Slice",
                            new Attributes(),
                            flat,
                            builder.constant("constant", new long[] {0}, 1),
                            builder.constant("constant", new long[] {size}, 1));
        }
        long[] dims = constant.shape().getShape();
        return builder.node(
                "Reshape",
                site + "Reshape",
                new Attributes(),
                values,
                builder.constant("shape", dims, dims.length));
    }
}
