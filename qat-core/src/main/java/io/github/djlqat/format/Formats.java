package io.github.djlqat.format;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The elementary number formats by name. */
public final class Formats {

    private static final List<CodebookFormat> CODEBOOKS =
            List.of(
                    CodebookFormat.BINARY,
                    CodebookFormat.TERNARY,
                    CodebookFormat.NF4,
                    CodebookFormat.FP4_BITSANDBYTES,
                    CodebookFormat.IQ4_NL);

    private static final List<FloatFormat> FLOATS =
            List.of(
                    FloatFormat.FLOAT16,
                    FloatFormat.BFLOAT16,
                    FloatFormat.TF32,
                    FloatFormat.FLOAT8_E4M3FN,
                    FloatFormat.FLOAT8_E5M2,
                    FloatFormat.FLOAT8_E4M3FNUZ,
                    FloatFormat.FLOAT8_E5M2FNUZ,
                    FloatFormat.FLOAT6_E2M3FN,
                    FloatFormat.FLOAT6_E3M2FN,
                    FloatFormat.FLOAT4_E2M1FN,
                    FloatFormat.FLOAT8_E8M0FNU);

    private static final List<NumberFormat> NAMED =
            Stream.of(integers(true), integers(false), CODEBOOKS.stream(), FLOATS.stream())
                    .flatMap(formats -> formats)
                    .map(NumberFormat.class::cast)
                    .toList();

    private Formats() {}

    /**
     * Returns the formats that have a name of their own; {@link #parse(String)} reads any other
     * floating-point shape too.
     *
     * @return the integers over their full range, the codebooks and the named floats
     */
    public static List<NumberFormat> named() {
        return NAMED;
    }

    /**
     * Returns the format of a name, in either case: a {@linkplain #named() named} one, or whatever
     * {@link FloatFormat#parse(String)} reads.
     *
     * @param name the name, such as {@code int4}, {@code nf4} or {@code fp8-e4m3}
     * @return the format
     * @throws IllegalArgumentException if no format has the name; the message lists those that do
     */
    public static NumberFormat parse(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (NumberFormat format : NAMED) {
            if (format.formatName().equals(lower)) {
                return format;
            }
        }
        try {
            return FloatFormat.parse(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\""
                            + name
                            + "\" is not a number format; legal are "
                            + NAMED.stream()
                                    .map(NumberFormat::formatName)
                                    .collect(Collectors.joining(", "))
                            + ", and floats by shape. "
                            + e.getMessage(),
                    e);
        }
    }

    private static Stream<IntegerFormat> integers(boolean signed) {
        return IntStream.of(2, 3, 4, 5, 6, 7, 8, 16)
                .mapToObj(bits -> new IntegerFormat(bits, signed, false));
    }
}
