package io.github.djlqat.scheme;

import io.github.djlqat.format.IntegerFormat;

/**
 * How real values map to codes: a format, a symmetry and a granularity.
 *
 * @param format the number format of the codes
 * @param symmetry where zero sits
 * @param granularity which elements share a scale
 */
public record QuantizationScheme(
        IntegerFormat format, Symmetry symmetry, Granularity granularity) {}
