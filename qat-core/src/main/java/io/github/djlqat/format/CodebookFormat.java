package io.github.djlqat.format;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A format whose codes are the places of values in a table, which need not be sorted.
 *
 * <p>A number is encoded by {@link #boundaries()}, the midpoints of neighbouring values in single
 * precision, so that a table lookup on tensors can do exactly the same.
 */
public final class CodebookFormat implements NumberFormat {

    /**
     * NormalFloat4: 16 quantiles of the standard normal distribution, scaled to [-1, 1].
     *
     * <p>Source: Dettmers et al., <i>QLoRA: Efficient Finetuning of Quantized LLMs</i>, appendix E.
     */
    public static final CodebookFormat NF4 =
            new CodebookFormat(
                    "nf4",
                    new float[] {
                        -1f,
                        -0.6961928f,
                        -0.52507305f,
                        -0.3949175f,
                        -0.28444138f,
                        -0.18477343f,
                        -0.091050036f,
                        0f,
                        0.0795803f,
                        0.1609302f,
                        0.2461123f,
                        0.33791524f,
                        0.44070983f,
                        0.562617f,
                        0.72295684f,
                        1f
                    });

    /**
     * The 4-bit float of bitsandbytes in the order of its bit patterns, scaled to [-1, 1]. It is
     * not {@linkplain FloatFormat#FLOAT4_E2M1FN E2M1}, and codes 0 and 8 are both positive zero.
     */
    public static final CodebookFormat FP4_BITSANDBYTES =
            new CodebookFormat("fp4_bitsandbytes", bitsandbytesFp4());

    /** The non-linear 4-bit table of ggml's IQ4_NL and IQ4_XS, whose ties go up. */
    public static final CodebookFormat IQ4_NL =
            new CodebookFormat(
                    "iq4_nl",
                    new float[] {
                        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
                    },
                    TieBreak.UPPER_VALUE);

    /**
     * The signs -1 and 1; zero is positive.
     *
     * <p>Source: Courbariaux et al., <i>BinaryConnect</i>, \( w_b = +1 \) where \( w \ge 0 \).
     */
    public static final CodebookFormat BINARY =
            new CodebookFormat("binary", new float[] {-1, 1}, TieBreak.UPPER_VALUE);

    /** The values -1, 0 and 1, in 2 bits. */
    public static final CodebookFormat TERNARY =
            new CodebookFormat("ternary", new float[] {-1, 0, 1});

    private final String formatName;
    private final float[] values;
    private final TieBreak tieBreak;
    private final int[] codes;
    private final float[] boundaries;

    /**
     * Creates a format whose ties go to the smaller value.
     *
     * @param formatName the name
     * @param values the value of each code, 2 to 256 of them; of codes with the same value the
     *     first is the one that numbers are encoded to
     * @throws IllegalArgumentException if the name is blank, or the values are too few, too many,
     *     not finite, or all the same
     */
    public CodebookFormat(String formatName, float[] values) {
        this(formatName, values, TieBreak.LOWER_VALUE);
    }

    /**
     * Creates a format.
     *
     * @param formatName the name
     * @param values the value of each code, 2 to 256 of them; of codes with the same value the
     *     first is the one that numbers are encoded to
     * @param tieBreak what a number midway between two values becomes
     * @throws IllegalArgumentException if the name is blank, or the values are too few, too many,
     *     not finite, or all the same
     */
    public CodebookFormat(String formatName, float[] values, TieBreak tieBreak) {
        this.formatName = formatName;
        this.values = values.clone();
        this.tieBreak = tieBreak;
        requireLegal(formatName, this.values);
        codes = codesByValue(this.values);
        if (codes.length < 2) {
            throw new IllegalArgumentException(
                    "Every value of codebook "
                            + formatName
                            + " is "
                            + values[0]
                            + "; legal are two different values or more.");
        }
        boundaries = new float[codes.length - 1];
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = boundary(this.values[codes[i]], this.values[codes[i + 1]], tieBreak);
        }
    }

    @Override
    public String formatName() {
        return formatName;
    }

    /**
     * Returns the value of each code.
     *
     * @return a copy of the table
     */
    public float[] values() {
        return values.clone();
    }

    /**
     * Returns what a number midway between two values becomes.
     *
     * @return the tie break
     */
    public TieBreak tieBreak() {
        return tieBreak;
    }

    /**
     * Returns one code for each different value, in ascending order of the values.
     *
     * @return the codes
     */
    public int[] codesByValue() {
        return codes.clone();
    }

    /**
     * Returns the midpoints of neighbouring values in single precision, ascending. A number above
     * (or, if ties go up, not below) exactly \( i \) of them has code {@code codesByValue()[i]}.
     *
     * @return the midpoints, one fewer than the different values
     */
    public float[] boundaries() {
        return boundaries.clone();
    }

    @Override
    public int bits() {
        return 32 - Integer.numberOfLeadingZeros(values.length - 1);
    }

    @Override
    public long valueCount() {
        return codes.length;
    }

    @Override
    public double maxValue() {
        return values[codes[codes.length - 1]];
    }

    @Override
    public double minValue() {
        return values[codes[0]];
    }

    /**
     * Returns the smallest value above zero.
     *
     * @return the smallest positive value, or NaN if no value is positive
     */
    @Override
    public double smallestPositive() {
        for (int code : codes) {
            if (values[code] > 0) {
                return values[code];
            }
        }
        return Double.NaN;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodebookFormat that
                && formatName.equals(that.formatName)
                && tieBreak == that.tieBreak
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * formatName.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return formatName;
    }

    /** The number of codes, for the codec, which must not copy the table for each value. */
    int size() {
        return values.length;
    }

    /** The value of a code within the table. */
    float value(int code) {
        return values[code];
    }

    /** The code of the value nearest to a number. */
    int nearest(float x) {
        int from = 0;
        int to = boundaries.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            float boundary = boundaries[middle];
            if (tieBreak == TieBreak.UPPER_VALUE ? x >= boundary : x > boundary) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return codes[from];
    }

    private static void requireLegal(String formatName, float[] values) {
        if (formatName.isBlank()) {
            throw new IllegalArgumentException("The name of a codebook is blank.");
        }
        if (values.length < 2 || values.length > 256) {
            throw new IllegalArgumentException(
                    "Codebook "
                            + formatName
                            + " has "
                            + values.length
                            + " values; legal are 2 to 256.");
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "Value "
                                + i
                                + " of codebook "
                                + formatName
                                + " is "
                                + values[i]
                                + "; legal are finite numbers.");
            }
        }
    }

    private static int[] codesByValue(float[] values) {
        // Adding zero makes the two zeros compare as the same value.
        int[] sorted =
                IntStream.range(0, values.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(code -> values[code] + 0.0))
                        .mapToInt(Integer::intValue)
                        .toArray();
        return IntStream.range(0, sorted.length)
                .filter(i -> i == 0 || values[sorted[i]] != values[sorted[i - 1]])
                .map(i -> sorted[i])
                .toArray();
    }

    private static float boundary(float lower, float upper, TieBreak tieBreak) {
        float midpoint = (float) (((double) lower + upper) / 2);
        // Between adjacent floats the midpoint is one of them, and must not take its own code away.
        if (tieBreak == TieBreak.LOWER_VALUE) {
            return midpoint < upper ? midpoint : lower;
        }
        return midpoint > lower ? midpoint : upper;
    }

    private static float[] bitsandbytesFp4() {
        float[] magnitudes = {0, 0.0625f, 8, 12, 4, 6, 2, 3};
        float[] values = new float[16];
        for (int code = 0; code < 8; code++) {
            values[code] = magnitudes[code] / 12;
            values[code + 8] = 0 - values[code];
        }
        return values;
    }
}
