package io.github.djlqat.convention;

/**
 * A scale with its zero point.
 *
 * @param scale the step between neighbouring codes, not zero and finite; negative only where a
 *     convention maps the largest value to the lowest code
 * @param zeroPoint the code of zero
 */
public record ScaleAndZeroPoint(float scale, int zeroPoint) {}
