package io.github.djlqat.recipe;

import io.github.djlqat.convention.Convention;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.Objects;

/**
 * How one kind of tensor is quantized.
 *
 * @param scheme the format, symmetry, granularity and convention
 * @param observer how the range is found in calibration
 * @param learning how the scale moves in training
 * @param rounding how training rounds, and where the gradient passes
 */
public record TensorRecipe(
        QuantizationScheme scheme,
        ObserverType observer,
        ScaleLearning learning,
        RoundingEstimator rounding)
        implements TensorQuantization {

    /**
     * Checks that the parts go together.
     *
     * @param scheme the format, symmetry, granularity and convention
     * @param observer how the range is found in calibration
     * @param learning how the scale moves in training
     * @param rounding how training rounds, and where the gradient passes
     * @throws IllegalArgumentException if the symmetry is affine and the format narrow, or the
     *     scale is learned and the rounding another than {@link
     *     RoundingEstimator#STRAIGHT_THROUGH_INPUT}
     */
    public TensorRecipe {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(observer, "observer");
        Objects.requireNonNull(learning, "learning");
        Objects.requireNonNull(rounding, "rounding");
        if (scheme.symmetry() == Symmetry.AFFINE && scheme.format().narrowRange()) {
            throw new IllegalArgumentException(
                    "A narrow range keeps the codes symmetric about zero, so it does not go"
                            + " with affine symmetry; legal are the full range, or symmetric.");
        }
        if (learning == ScaleLearning.LSQ && rounding != RoundingEstimator.STRAIGHT_THROUGH_INPUT) {
            throw new IllegalArgumentException(
                    "A learned scale (lsq) has a gradient of its own, so it does not go with the"
                            + " estimator "
                            + rounding.word()
                            + "; legal are observed scales, or straight-through-input.");
        }
    }

    /**
     * Creates the recipe of a tensor that training rounds to the nearest, with the gradient masked
     * by the range.
     *
     * @param scheme the format, symmetry, granularity and convention
     * @param observer how the range is found in calibration
     * @param learning how the scale moves in training
     * @throws IllegalArgumentException if the symmetry is affine and the format narrow
     */
    public TensorRecipe(QuantizationScheme scheme, ObserverType observer, ScaleLearning learning) {
        this(scheme, observer, learning, RoundingEstimator.STRAIGHT_THROUGH_INPUT);
    }

    /**
     * Returns the recipe of weights: symmetric, one scale for each index of axis 0, which counts
     * output channels.
     *
     * @param format the format
     * @param observer how the range is found
     * @param learning how the scale moves in training
     * @return the recipe
     */
    public static TensorRecipe weights(
            IntegerFormat format, ObserverType observer, ScaleLearning learning) {
        return new TensorRecipe(
                new QuantizationScheme(format, Symmetry.SYMMETRIC, new Granularity.PerChannel(0)),
                observer,
                learning);
    }

    /**
     * Returns the recipe of activations: one scale for the whole tensor, symmetric where the format
     * is signed and affine where it is unsigned.
     *
     * @param format the format
     * @param observer how the range is found
     * @param learning how the scale moves in training
     * @return the recipe
     */
    public static TensorRecipe activations(
            IntegerFormat format, ObserverType observer, ScaleLearning learning) {
        Symmetry symmetry = format.signed() ? Symmetry.SYMMETRIC : Symmetry.AFFINE;
        return new TensorRecipe(
                new QuantizationScheme(format, symmetry, Granularity.PER_TENSOR),
                observer,
                learning);
    }

    /**
     * Returns this recipe with another granularity.
     *
     * @param granularity which elements share a scale
     * @return the recipe
     */
    public TensorRecipe withGranularity(Granularity granularity) {
        return new TensorRecipe(scheme.withGranularity(granularity), observer, learning, rounding);
    }

    /**
     * Returns this recipe with another convention.
     *
     * @param convention how scales are chosen and values rounded
     * @return the recipe
     * @throws IllegalArgumentException if the symmetry is affine and the convention symmetric only
     */
    public TensorRecipe withConvention(Convention convention) {
        return new TensorRecipe(scheme.withConvention(convention), observer, learning, rounding);
    }

    /**
     * Returns this recipe with another way of rounding in training.
     *
     * @param estimator how training rounds, and where the gradient passes
     * @return the recipe
     * @throws IllegalArgumentException if the scale is learned, which has a gradient of its own
     */
    public TensorRecipe withRounding(RoundingEstimator estimator) {
        return new TensorRecipe(scheme, observer, learning, estimator);
    }
}
