package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.CodeArithmetic;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.function.Supplier;

/**
 * Rounds a tensor to integer codes and back as its recipe says: by the kernels, or by plain
 * operations where a convention computes in another way than they do.
 *
 * @param recipe the recipe of the tensor
 * @param weight whether the tensor is a weight rather than an activation, whose first axis counts
 *     samples
 */
record IntegerRounding(TensorRecipe recipe, boolean weight) {

    /** Rounds with scales that lie in groups as the kernels want them. */
    NDArray round(
            NDManager manager,
            Supplier<Kernels> kernels,
            ScaleShape shape,
            NDArray x,
            NDArray scale,
            NDArray zeroPoint) {
        NDArray grouped = shape.group(manager, x);
        IntegerFormat format = recipe.scheme().format();
        if (recipe.learning() != ScaleLearning.LSQ) {
            return shape.ungroup(round(manager, kernels, grouped, scale, zeroPoint));
        }
        return shape.ungroup(
                kernels.get()
                        .fakeQuantizeLearned(
                                manager,
                                grouped,
                                scale,
                                zeroPoint,
                                format.qmin(),
                                format.qmax(),
                                gradientScale(x.getShape(), scale.size())));
    }

    /**
     * Rounds with a scale for each token.
     *
     * @throws IllegalArgumentException if a token holds NaN or infinity
     */
    NDArray roundByToken(NDManager manager, Supplier<Kernels> kernels, NDArray x) {
        try (TokenScales tokens = TokenScales.of(manager, x, recipe.scheme())) {
            return round(manager, kernels, x, tokens.scale(), tokens.zeroPoint());
        }
    }

    private NDArray round(
            NDManager manager,
            Supplier<Kernels> kernels,
            NDArray x,
            NDArray scale,
            NDArray zeroPoint) {
        CodeArithmetic arithmetic = recipe.scheme().convention().arithmetic();
        IntegerFormat format = recipe.scheme().format();
        return ConventionRounding.isKernels(arithmetic)
                ? kernels.get()
                        .fakeQuantize(manager, x, scale, zeroPoint, format.qmin(), format.qmax())
                : new ConventionRounding(arithmetic, format).quantize(manager, x, scale, zeroPoint);
    }

    private float gradientScale(Shape shape, long scales) {
        long features =
                weight || shape.dimension() < 2
                        ? shape.size() / scales
                        : shape.size() / shape.get(0);
        return (float) (1 / Math.sqrt((double) features * recipe.scheme().format().qmax()));
    }
}
