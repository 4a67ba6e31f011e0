package io.github.djlqat.report.collect;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.Symmetry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats in a few words, and the bytes that they take. */
final class TensorFormats {

    private static final int SCALE_BYTES = 4;

    private TensorFormats() {}

    static String name(TensorQuantization recipe) {
        if (recipe instanceof TensorRecipe integers) {
            return integers.scheme().format().formatName();
        }
        if (recipe instanceof FormatRecipe format) {
            return name(format.format());
        }
        return ((EstimatorRecipe) recipe).format().formatName();
    }

    /** Names what a node of a converted graph rounds to. */
    static @Nullable String name(@Nullable Object literal) {
        if (literal instanceof QuantizationParameters parameters) {
            return parameters.scheme().format().formatName();
        }
        if (literal instanceof QuantizationScheme scheme) {
            return scheme.format().formatName();
        }
        if (literal instanceof TensorFormat format) {
            return name(format);
        }
        return literal instanceof TensorQuantization recipe ? name(recipe) : null;
    }

    private static String name(TensorFormat format) {
        if (format instanceof TensorFormat.Blocked blocked) {
            return blocked.format().formatName();
        }
        return format instanceof TensorFormat.Scaled scaled
                ? scaled.format().formatName()
                : ((TensorFormat.Unscaled) format).format().formatName();
    }

    static @Nullable String granularity(TensorQuantization recipe) {
        if (recipe instanceof TensorRecipe integers) {
            return words(integers.scheme().granularity());
        }
        if (recipe instanceof FormatRecipe format) {
            return format.format() instanceof TensorFormat.Scaled scaled
                    ? words(scaled.granularity())
                    : null;
        }
        return "by "
                + ((EstimatorRecipe) recipe)
                        .estimator()
                        .name()
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
    }

    private static String words(Granularity granularity) {
        if (granularity instanceof Granularity.PerChannel) {
            return "per channel";
        }
        if (granularity instanceof Granularity.PerGroup group) {
            return "per group of " + group.size();
        }
        if (granularity instanceof Granularity.PerToken) {
            return "per token";
        }
        if (granularity instanceof Granularity.PerBlock block) {
            return "per block of " + block.rows() + "\u00D7" + block.columns();
        }
        return "per tensor";
    }

    static long bytes(QuantizedTensor tensor) {
        QuantizationScheme scheme = tensor.parameters().scheme();
        int scales = tensor.parameters().scales().length;
        long zeroPoints = scheme.symmetry() == Symmetry.AFFINE ? scales : 0;
        return packed(tensor.shape().size(), scheme.format().bits())
                + (long) scales * SCALE_BYTES
                + packed(zeroPoints, scheme.format().bits());
    }

    static long bytes(Shape shape, @Nullable TensorFormat format) {
        long count = shape.size();
        if (format instanceof TensorFormat.Blocked blocked) {
            return blocked.format().size(count);
        }
        if (format instanceof TensorFormat.Scaled scaled) {
            return packed(count, scaled.format().bits())
                    + (long) ScaleLayout.of(scaled.granularity(), shape).count() * SCALE_BYTES;
        }
        return format instanceof TensorFormat.Unscaled unscaled
                ? packed(count, unscaled.format().bits())
                : count * Float.BYTES;
    }

    private static long packed(long count, int bits) {
        return (count * bits + 7) / 8;
    }
}
