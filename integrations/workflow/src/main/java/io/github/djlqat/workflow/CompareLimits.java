package io.github.djlqat.workflow;

import org.jspecify.annotations.Nullable;

/**
 * How alike two models have to be. Null is for no limit.
 *
 * @param agreement the least share of samples of the same class, 0 to 1
 * @param difference the greatest difference between two outputs, at least 0
 * @param drop by how much the second model's metric may be worse than the first one's
 */
public record CompareLimits(
        @Nullable Double agreement, @Nullable Double difference, @Nullable Double drop) {

    /** Whatever the models do passes. */
    public static final CompareLimits NONE = new CompareLimits(null, null, null);
}
