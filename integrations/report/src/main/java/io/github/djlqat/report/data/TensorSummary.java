package io.github.djlqat.report.data;

import org.jspecify.annotations.Nullable;

/**
 * How one tensor of a layer is quantized.
 *
 * @param format the number format, such as {@code int8}
 * @param granularity which values share a scale, or null
 * @param scales the number of scales, or null where there is none to keep
 * @param smallestScale the smallest scale, or null
 * @param largestScale the largest scale, or null
 * @param smallestZeroPoint the smallest zero point, or null
 * @param largestZeroPoint the largest zero point, or null
 * @param clipRatio the share of values outside the range of the codes, in [0, 1], or null
 * @param sqnr the signal-to-quantization-noise ratio of the tensor in dB; null where it is not
 *     known, and where nothing is lost
 */
public record TensorSummary(
        String format,
        @Nullable String granularity,
        @Nullable Long scales,
        @Nullable Double smallestScale,
        @Nullable Double largestScale,
        @Nullable Integer smallestZeroPoint,
        @Nullable Integer largestZeroPoint,
        @Nullable Double clipRatio,
        @Nullable Double sqnr) {

    /**
     * Checks the parts.
     *
     * @param format the number format, such as {@code int8}
     * @param granularity which values share a scale, or null
     * @param scales the number of scales, or null where there is none to keep
     * @param smallestScale the smallest scale, or null
     * @param largestScale the largest scale, or null
     * @param smallestZeroPoint the smallest zero point, or null
     * @param largestZeroPoint the largest zero point, or null
     * @param clipRatio the share of values outside the range of the codes, in [0, 1], or null
     * @param sqnr the signal-to-quantization-noise ratio of the tensor in dB; null where it is not
     *     known, and where nothing is lost
     * @throws IllegalArgumentException if the format is blank or a number out of its range
     */
    public TensorSummary {
        Checks.name("format of a tensor", format);
        Checks.optionalName("granularity of a tensor", granularity);
        Checks.notNegative("number of scales", scales);
        Checks.finite("smallest scale", smallestScale);
        Checks.finite("largest scale", largestScale);
        Checks.share("clip ratio", clipRatio);
        Checks.finite("SQNR of a tensor", sqnr);
    }

    /**
     * Creates a summary of the format alone.
     *
     * @param format the number format
     * @return the summary
     */
    public static TensorSummary ofFormat(String format) {
        return new TensorSummary(format, null, null, null, null, null, null, null, null);
    }
}
