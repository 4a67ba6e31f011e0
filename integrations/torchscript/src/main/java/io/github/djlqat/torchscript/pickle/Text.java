package io.github.djlqat.torchscript.pickle;

/** How names of files that may be hostile are shown in messages. */
final class Text {

    private static final int MAX_SHOWN_LENGTH = 200;

    private Text() {}

    static String shorten(String text) {
        return text.length() <= MAX_SHOWN_LENGTH
                ? text
                : text.substring(0, MAX_SHOWN_LENGTH) + "… (" + text.length() + " characters)";
    }
}
