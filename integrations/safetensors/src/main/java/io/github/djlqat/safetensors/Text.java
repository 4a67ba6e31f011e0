package io.github.djlqat.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** How names are ordered and shown in messages. */
final class Text {

    /**
     * The order of the UTF-8 bytes, which is the order of the code points but not that of {@link
     * String#compareTo}.
     */
    static final Comparator<String> UTF8_ORDER =
            Comparator.comparing(s -> s.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final int MAX_SHOWN_LENGTH = 200;
    private static final int MAX_SHOWN_NAMES = 20;

    private Text() {}

    static String shorten(String text) {
        return text.length() <= MAX_SHOWN_LENGTH
                ? text
                : text.substring(0, MAX_SHOWN_LENGTH) + "… (" + text.length() + " characters)";
    }

    static String list(Collection<String> names) {
        String shown =
                names.stream()
                        .limit(MAX_SHOWN_NAMES)
                        .map(Text::shorten)
                        .collect(Collectors.joining(", "));
        return names.size() <= MAX_SHOWN_NAMES
                ? shown
                : shown + ", … (" + names.size() + " in all)";
    }
}
