package io.github.djlqat.recipe;

/** How a scale moves while the model is trained. */
public enum ScaleLearning {
    /** The scale follows the observer until observers are frozen. */
    OBSERVED,
    /**
     * The scale is a parameter that is trained by the learned step size method (LSQ,
     * arXiv:1902.08153).
     */
    LSQ
}
