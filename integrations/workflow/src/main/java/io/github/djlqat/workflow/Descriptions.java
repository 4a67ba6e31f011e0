package io.github.djlqat.workflow;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.RoundingEstimator;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.Symmetry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in a few words how a tensor is quantized. */
final class Descriptions {

    /** What stays as it is. */
    static final String FLOAT = "float32";

    /** So many values that a last short block does not count. */
    private static final long BLOCKS = 1L << 20;

    private Descriptions() {}

    static String of(@Nullable TensorQuantization quantization) {
        if (quantization == null) {
            return FLOAT;
        }
        if (quantization instanceof TensorRecipe tensor) {
            return of(tensor);
        }
        if (quantization instanceof FormatRecipe format) {
            return of(format.format());
        }
        return word(((EstimatorRecipe) quantization).estimator())
                + " "
                + ((EstimatorRecipe) quantization).format().formatName();
    }

    private static String of(TensorRecipe tensor) {
        String symmetry = tensor.scheme().symmetry() == Symmetry.AFFINE ? "affine" : "symmetric";
        String observer = word(tensor.observer());
        return tensor.scheme().format()
                + " "
                + symmetry
                + ", "
                + of(tensor.scheme().granularity())
                + ", "
                + (tensor.learning() == ScaleLearning.LSQ ? observer + " then lsq" : observer)
                + (tensor.rounding() == RoundingEstimator.STRAIGHT_THROUGH_INPUT
                        ? ""
                        : ", " + tensor.rounding().word());
    }

    private static String of(TensorFormat format) {
        if (format instanceof TensorFormat.Blocked blocked) {
            return blocked.format().formatName();
        }
        if (format instanceof TensorFormat.Scaled scaled) {
            return scaled.format().formatName() + ", " + of(scaled.granularity());
        }
        return ((TensorFormat.Unscaled) format).format().formatName();
    }

    private static String of(Granularity granularity) {
        if (granularity instanceof Granularity.PerChannel) {
            return "per channel";
        }
        if (granularity instanceof Granularity.PerGroup group) {
            return "per group of " + group.size();
        }
        if (granularity instanceof Granularity.PerBlock block) {
            return "per block of " + block.rows() + "x" + block.columns();
        }
        return granularity instanceof Granularity.PerToken ? "per token" : "per tensor";
    }

    /** Returns the bits of an element, scales not counted. */
    static double bits(@Nullable TensorQuantization quantization) {
        if (quantization == null) {
            return Float.SIZE;
        }
        if (quantization instanceof TensorRecipe tensor) {
            return tensor.scheme().format().bits();
        }
        if (quantization instanceof EstimatorRecipe estimator) {
            return estimator.bits();
        }
        TensorFormat format = ((FormatRecipe) quantization).format();
        if (format instanceof TensorFormat.Blocked blocked) {
            return blocked.format().size(BLOCKS) * 8.0 / BLOCKS;
        }
        return format instanceof TensorFormat.Scaled scaled
                ? scaled.format().bits()
                : ((TensorFormat.Unscaled) format).format().bits();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<Long> sizes(Shape shape) {
        return Arrays.stream(shape.getShape()).boxed().toList();
    }

    static List<List<Long>> sizes(List<Shape> shapes) {
        return shapes.stream().map(Descriptions::sizes).toList();
    }
}
