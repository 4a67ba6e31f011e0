package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.block.BlockRounding;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.kernel.CodebookRounding;
import io.github.djlqat.kernel.FloatRounding;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.recipe.TensorFormat;
import java.util.List;

/** Rounds tensors to formats that take their scales from the tensor, passing the gradient on. */
final class FormatRounding {

    private final Kernels kernels;
    private final BlockRounding blocks;

    FormatRounding(Kernels kernels) {
        this.kernels = kernels;
        this.blocks = new BlockRounding(kernels);
    }

    /** Returns the nearest values of the format, attached to the manager. */
    NDArray round(NDManager manager, NDArray x, FormatUse use) {
        return Opaque.run(
                "Rounding to a format",
                manager,
                List.of(x),
                (owner, arrays) -> roundPlain(owner, arrays.get(0), use));
    }

    private NDArray roundPlain(NDManager manager, NDArray x, FormatUse use) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray constant = x.stopGradient();
            // The difference is an exact zero that carries the gradient.
            result = rounded(constant, use).add(x.sub(constant));
            NDScope.unregister(result);
        }
        NDScope.register(result);
        result.attach(manager);
        return result;
    }

    private NDArray rounded(NDArray x, FormatUse use) {
        if (use.format() instanceof TensorFormat.Unscaled unscaled) {
            return kernels.run(FloatRounding.of(unscaled.format()), x);
        }
        if (use.format() instanceof TensorFormat.Blocked blocked) {
            return blocked(x, use, blocked.format());
        }
        return scaled(x, (TensorFormat.Scaled) use.format());
    }

    private NDArray scaled(NDArray x, TensorFormat.Scaled scaled) {
        NumberFormat format = scaled.format();
        ScaleShape layout = ScaleShape.of(scaled.granularity(), x.getShape());
        NDArray grouped = layout.group(x.getManager(), x);
        NDArray scale = largest(grouped, layout.scaleShape()).div(largest(format));
        // Values that are all zero stay so.
        scale = scale.add(scale.eq(0).toType(x.getDataType(), false));
        NDArray rounded = nearest(grouped.div(scale), format).mul(scale);
        return layout.ungroup(rounded);
    }

    private static NDArray largest(NDArray x, Shape scaleShape) {
        NDArray result = x.abs();
        if (scaleShape.size() == 1) {
            return result.max();
        }
        for (int axis = 0; axis < scaleShape.dimension(); axis++) {
            if (scaleShape.get(axis) == 1) {
                result = result.max(new int[] {axis}, true);
            }
        }
        return result;
    }

    /** The magnitude that the largest value of a tensor is mapped to. */
    private static double largest(NumberFormat format) {
        return Math.max(format.maxValue(), -format.minValue());
    }

    private NDArray nearest(NDArray x, NumberFormat format) {
        if (format instanceof FloatFormat floating) {
            return kernels.run(FloatRounding.of(floating), x);
        }
        if (format instanceof CodebookFormat codebook) {
            return kernels.run(new CodebookRounding(codebook, false), x);
        }
        IntegerFormat integer = (IntegerFormat) format;
        return x.round().clip(integer.qmin(), integer.qmax());
    }

    private NDArray blocked(NDArray x, FormatUse use, BlockFormat format) {
        NDArray rounded = blocks.round(Rows.of(x, use), format);
        return Rows.back(rounded, x.getShape(), use);
    }
}
