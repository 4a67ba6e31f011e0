package io.github.djlqat.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.kernel.CodebookRounding;
import io.github.djlqat.kernel.FloatRounding;
import io.github.djlqat.kernel.Kernels;
import java.util.stream.IntStream;

/**
 * Rounds arrays to the values of block formats: what {@link BlockFormat#encode} and {@link
 * BlockFormat#decode} make of them, bit for bit.
 *
 * <p>Elements are rounded by array operations on the array's device, and scales in Java from the
 * largest magnitude of each block. The formats of ggml, whose encoders search, are encoded and
 * decoded on all processors.
 */
public final class BlockRounding {

    private final Kernels kernels;

    /**
     * Creates the rounding.
     *
     * @param kernels what rounds elements
     */
    public BlockRounding(Kernels kernels) {
        this.kernels = kernels;
    }

    /**
     * Rounds a matrix, whose rows are filled up with zeros to whole blocks, or cut into blocks as
     * one where the format {@linkplain BlockFormat#flattens() flattens}. No gradient passes.
     *
     * @param rows the matrix, float32 of shape \( (n, l) \)
     * @param format the format
     * @return the nearest values, of the same shape, attached to the matrix's manager
     * @throws IllegalArgumentException if a value is one that the format refuses
     */
    public NDArray round(NDArray rows, BlockFormat format) {
        if (rows.isEmpty()) {
            return rows.duplicate();
        }
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray matrix = rows.stopGradient();
            NDArray blocks = blocks(matrix, format);
            NDArray rounded = roundBlocks(blocks, format);
            result = matrix(rounded, matrix.getShape(), format);
            NDScope.unregister(result);
        }
        NDScope.register(result);
        result.attach(rows.getManager());
        return result;
    }

    /** The values as one row for each block. */
    private static NDArray blocks(NDArray matrix, BlockFormat format) {
        int size = format.blockSize();
        NDArray rows = format.flattens() ? matrix.reshape(1, -1) : matrix;
        long missing = Math.floorMod(-rows.getShape().get(1), (long) size);
        if (missing > 0) {
            NDManager manager = matrix.getManager();
            rows = rows.concat(manager.zeros(new Shape(rows.getShape().get(0), missing)), 1);
        }
        return rows.reshape(-1, size);
    }

    private static NDArray matrix(NDArray blocks, Shape shape, BlockFormat format) {
        if (format.flattens()) {
            NDArray values = blocks.reshape(-1);
            return values.get("0:" + shape.size()).reshape(shape);
        }
        return blocks.reshape(shape.get(0), -1).get(":, 0:" + shape.get(1)).reshape(shape);
    }

    private NDArray roundBlocks(NDArray blocks, BlockFormat format) {
        if (format instanceof GgmlFormat) {
            return encodedAndDecoded(blocks, format);
        }
        float[] absmax = blocks.abs().max(new int[] {1}, true).toFloatArray();
        if (format instanceof MxFormat mx) {
            return rescaled(blocks, scales(absmax, mx), x -> elements(x, mx.element()));
        }
        if (format instanceof NvFp4Format nv) {
            FloatRounding elements = FloatRounding.of(FloatFormat.FLOAT4_E2M1FN);
            return rescaled(blocks, nv.scales(absmax), x -> kernels.run(elements, x));
        }
        BitsAndBytesFormat table = (BitsAndBytesFormat) format;
        if (IntStream.range(0, absmax.length).anyMatch(i -> table.mustDivide(absmax[i]))) {
            return encodedAndDecoded(blocks, format);
        }
        CodebookFormat codebook = table.codebook();
        return rescaled(
                blocks,
                table.scales(absmax),
                x -> kernels.run(new CodebookRounding(codebook, false), x));
    }

    private static BlockScales scales(float[] absmax, MxFormat format) {
        return BlockScales.of(
                absmax,
                false,
                (largest, block, scales) -> {
                    int exponent = format.scaleRule().exponent(largest, format.element());
                    scales.set(block, Math.scalb(1f, -exponent), Math.scalb(1f, exponent));
                });
    }

    private NDArray elements(NDArray x, MxElement element) {
        FloatFormat format = element.format();
        if (format != null) {
            return kernels.run(FloatRounding.of(format), x);
        }
        // Codes of two's complement have one zero.
        float units = 1 << element.mantissaBits();
        float largest = element.maxValue() * units;
        return x.mul(units).round().clip(-largest, largest).div(units).add(0f);
    }

    /** Rounding of elements. */
    private interface Elements {
        NDArray round(NDArray x);
    }

    private static NDArray rescaled(NDArray blocks, BlockScales scales, Elements elements) {
        NDManager manager = blocks.getManager();
        Shape shape = new Shape(blocks.getShape().get(0), 1);
        NDArray factors = manager.create(scales.factors(), shape);
        NDArray ratios = scales.divide() ? blocks.div(factors) : blocks.mul(factors);
        return elements.round(ratios).mul(manager.create(scales.steps(), shape));
    }

    private static NDArray encodedAndDecoded(NDArray blocks, BlockFormat format) {
        float[] values = blocks.toFloatArray();
        float[] decoded = format.decode(format.encode(values), values.length);
        // Values from Java are freed with their array, even under its views; a copy's are not.
        return blocks.getManager().create(decoded, blocks.getShape()).duplicate();
    }
}
