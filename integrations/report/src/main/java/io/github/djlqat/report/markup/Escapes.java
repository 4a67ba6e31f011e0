package io.github.djlqat.report.markup;

/** Escaping for text and for quoted attributes. */
final class Escapes {

    private static final char REPLACEMENT = '\uFFFD';

    private Escapes() {}

    static void append(String value, StringBuilder out) {
        value.codePoints()
                .forEach(
                        point -> {
                            switch (point) {
                                case '<' -> out.append("&lt;");
                                case '>' -> out.append("&gt;");
                                case '&' -> out.append("&amp;");
                                case '"' -> out.append("&quot;");
                                case '\'' -> out.append("&#39;");
                                default -> {
                                    if (isLegal(point)) {
                                        out.appendCodePoint(point);
                                    } else {
                                        out.append(REPLACEMENT);
                                    }
                                }
                            }
                        });
    }

    /**
     * Whether XML may hold a character and a reader sees it in the order of the text: no control
     * character, lone surrogate, or mark that turns the direction of what follows.
     */
    private static boolean isLegal(int point) {
        if (point == '\t' || point == '\n' || point == '\r') {
            return true;
        }
        boolean control = point < 0x20 || point >= 0x7F && point <= 0x9F;
        boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
        boolean noncharacter = (point & 0xFFFE) == 0xFFFE;
        boolean turns = point >= 0x202A && point <= 0x202E || point >= 0x2066 && point <= 0x2069;
        return !control && !surrogate && !noncharacter && !turns;
    }
}
