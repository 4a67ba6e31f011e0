package io.github.djlqat.fakequant;

import io.github.djlqat.recipe.TensorFormat;

/**
 * An argument that is rounded to a format with scales of its own.
 *
 * @param format the format
 * @param axis the axis of a weight that counts output channels, or of an activation that counts
 *     what is summed over
 * @param weight whether the argument is a weight
 */
record FormatUse(TensorFormat format, int axis, boolean weight) {}
