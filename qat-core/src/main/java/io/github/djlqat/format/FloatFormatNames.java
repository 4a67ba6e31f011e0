package io.github.djlqat.format;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of floating-point formats: what is written, and everything that is read. */
final class FloatFormatNames {

    private static final Map<String, FloatFormat> WORDS =
            Map.of(
                    "float16", FloatFormat.ieee(5, 10),
                    "fp16", FloatFormat.ieee(5, 10),
                    "half", FloatFormat.ieee(5, 10),
                    "bfloat16", FloatFormat.ieee(8, 7),
                    "bf16", FloatFormat.ieee(8, 7),
                    "tf32", FloatFormat.ieee(8, 10),
                    "float32", FloatFormat.ieee(8, 23),
                    "fp32", FloatFormat.ieee(8, 23));

    private static final Map<FloatFormat, String> CANONICAL_WORDS =
            Map.of(
                    FloatFormat.ieee(5, 10), "float16",
                    FloatFormat.ieee(8, 7), "bfloat16",
                    FloatFormat.ieee(8, 10), "tf32",
                    FloatFormat.ieee(8, 23), "float32");

    private static final Pattern SHAPE =
            Pattern.compile(
                    "(?:(?:float|fp)(?<bits>\\d{1,2})[_-]?)?(?<unsigned>u?)"
                            + "e(?<exponent>\\d)m(?<mantissa>\\d{1,2})(?:b(?<bias>-?\\d{1,3}))?"
                            + "(?<suffix>|ieee|fn|fnuz|fnu|nan|finite)");

    /** The OCP formats smaller than a byte, in which every code is finite. */
    private static final Set<String> SMALL_OCP_SHAPES = Set.of("e2m1", "e2m3", "e3m2");

    private FloatFormatNames() {}

    static String nameOf(FloatFormat format) {
        String word = CANONICAL_WORDS.get(format);
        if (word != null) {
            return word;
        }
        String suffix = suffixOf(format);
        boolean marked = format.signed() || suffix.equals("fnu");
        boolean usualBias = format.bias() == usualBias(format.exponentBits(), format.specials());
        return "float"
                + format.bits()
                + (marked ? "_" : "_u")
                + shape(format.exponentBits(), format.mantissaBits())
                + (usualBias ? "" : "b" + format.bias())
                + suffix;
    }

    static FloatFormat parse(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        FloatFormat word = WORDS.get(lower);
        if (word != null) {
            return word;
        }
        Matcher matcher = SHAPE.matcher(lower);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\""
                            + name
                            + "\" is not a float format; legal are float16, bfloat16, tf32, float32"
                            + " and shapes such as e4m3, float8_e4m3fn, e5m2fnuz, e3m4ieee and"
                            + " e4m3b11fnuz.");
        }
        FloatFormat format = fromShape(matcher);
        String bits = matcher.group("bits");
        if (bits != null && Integer.parseInt(bits) != format.bits()) {
            throw new IllegalArgumentException(
                    "\""
                            + name
                            + "\" names a format of "
                            + format.bits()
                            + " bits, not "
                            + bits
                            + ".");
        }
        return format;
    }

    private static FloatFormat fromShape(Matcher matcher) {
        int exponentBits = Integer.parseInt(matcher.group("exponent"));
        int mantissaBits = Integer.parseInt(matcher.group("mantissa"));
        String suffix = matcher.group("suffix");
        Specials specials = specials(suffix, exponentBits, mantissaBits);
        String bias = matcher.group("bias");
        boolean scale = suffix.isEmpty() && exponentBits == 8 && mantissaBits == 0;
        boolean signed = matcher.group("unsigned").isEmpty() && !suffix.equals("fnu") && !scale;
        return new FloatFormat(
                exponentBits,
                mantissaBits,
                bias != null ? Integer.parseInt(bias) : usualBias(exponentBits, specials),
                specials,
                signed);
    }

    private static Specials specials(String suffix, int exponentBits, int mantissaBits) {
        return switch (suffix) {
            case "ieee" -> Specials.IEEE;
            case "nan" -> Specials.NAN_ONLY;
            case "finite" -> Specials.FINITE_ONLY;
            case "fnuz" -> Specials.NAN_AS_NEGATIVE_ZERO;
            case "fn", "fnu" -> finite(exponentBits, mantissaBits);
            default -> unsuffixed(exponentBits, mantissaBits);
        };
    }

    private static Specials unsuffixed(int exponentBits, int mantissaBits) {
        String shape = shape(exponentBits, mantissaBits);
        boolean ocp = shape.equals("e4m3") || SMALL_OCP_SHAPES.contains(shape);
        return ocp || mantissaBits == 0 ? finite(exponentBits, mantissaBits) : Specials.IEEE;
    }

    /** What the suffix "fn" stands for: a NaN in formats of a byte, none in smaller ones. */
    private static Specials finite(int exponentBits, int mantissaBits) {
        return exponentBits + mantissaBits < 7 ? Specials.FINITE_ONLY : Specials.NAN_ONLY;
    }

    private static String suffixOf(FloatFormat format) {
        int exponentBits = format.exponentBits();
        int mantissaBits = format.mantissaBits();
        Specials specials = format.specials();
        if (specials == finite(exponentBits, mantissaBits)) {
            return format.hasZero() ? "fn" : "fnu";
        }
        return switch (specials) {
            case IEEE -> unsuffixed(exponentBits, mantissaBits) == Specials.IEEE ? "" : "ieee";
            case NAN_ONLY -> "nan";
            case FINITE_ONLY -> "finite";
            case NAN_AS_NEGATIVE_ZERO -> "fnuz";
        };
    }

    private static int usualBias(int exponentBits, Specials specials) {
        int half = 1 << (exponentBits - 1);
        return specials == Specials.NAN_AS_NEGATIVE_ZERO ? half : half - 1;
    }

    private static String shape(int exponentBits, int mantissaBits) {
        return "e" + exponentBits + "m" + mantissaBits;
    }
}
