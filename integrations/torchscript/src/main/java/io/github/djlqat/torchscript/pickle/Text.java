package io.github.djlqat.torchscript.pickle;

/** How names of files that may be hostile are shown in messages. */
final class Text {

    private static final int MAX_SHOWN_LENGTH = 100;

    private Text() {}

    /** Returns a name in quotes, without control characters, and cut where it is long. */
    static String quote(String text) {
        String shown =
                text.length() <= MAX_SHOWN_LENGTH
                        ? text
                        : text.substring(0, MAX_SHOWN_LENGTH)
                                + "… ("
                                + text.length()
                                + " characters)";
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
