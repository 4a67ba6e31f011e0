package io.github.djlqat.recipe;

import java.util.Locale;

/**
 * How training rounds to integers whose scale is observed, and where the gradient passes: 1 to the
 * input where it does, 0 elsewhere. Outside of training values are rounded to the nearest.
 */
public enum RoundingEstimator {
    /**
     * To the nearest; the gradient passes where the value itself is in the range. What a recipe
     * means where it names none.
     */
    STRAIGHT_THROUGH_INPUT,
    /**
     * To the nearest; the gradient passes where the rounded code is in the range, half a step more
     * at each end, as in PyTorch's fake quantization.
     */
    STRAIGHT_THROUGH_CODE,
    /**
     * To the nearest; the gradient passes everywhere, arXiv:1308.3432.
     *
     * @see <a href="https://arxiv.org/abs/1308.3432">Bengio et al., Estimating or Propagating
     *     Gradients Through Stochastic Neurons</a>
     */
    STRAIGHT_THROUGH,
    /**
     * Up or down at random, so that a value is right on average: \( \hat x = s \lfloor x / s + u
     * \rfloor \) with uniform \( u \in [0, 1) \). The gradient passes where the code that was drawn
     * is in the range.
     *
     * @see <a href="https://arxiv.org/abs/1502.02551">Gupta et al., Deep Learning with Limited
     *     Numerical Precision</a>
     */
    STOCHASTIC_ROUNDING,
    /**
     * Not at all: uniform noise as wide as a step stands for the error of rounding, \( \hat x = x +
     * s (u - 1/2) \). The gradient passes everywhere, and nothing is clipped.
     *
     * @see <a href="https://arxiv.org/abs/2104.09987">Défossez et al., Differentiable Model
     *     Compression via Pseudo Quantization Noise</a>
     */
    ADDITIVE_NOISE;

    /**
     * Returns whether training draws random numbers.
     *
     * @return true for stochastic rounding and additive noise
     */
    public boolean isRandom() {
        return this == STOCHASTIC_ROUNDING || this == ADDITIVE_NOISE;
    }

    /**
     * Returns the word by which a recipe's text names it.
     *
     * @return the word, in lower case with hyphens
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
