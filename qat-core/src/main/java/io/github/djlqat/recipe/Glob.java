package io.github.djlqat.recipe;

/**
 * A pattern over a layer's name, in which {@code *} stands for any run of characters and {@code ?}
 * for one.
 *
 * @param pattern the pattern; matches the whole name, upper and lower case as written
 */
record Glob(String pattern) {

    private static final String FOREIGN = "[]{}()|^+\\,!\"'<>";

    /**
     * Checks the pattern.
     *
     * @throws IllegalArgumentException if the pattern is blank, or holds a character that has a
     *     meaning in regular expressions or in other globs but none here
     */
    Glob {
        if (pattern.isBlank()) {
            throw new IllegalArgumentException(
                    "\""
                            + pattern
                            + "\" is a blank name pattern; leave the name out to match every layer.");
        }
        String legal =
                "; legal are the characters of layer names, * for any run of characters and ? for one.";
        if (!Names.isPrintable(pattern)) {
            throw new IllegalArgumentException(
                    Names.quote(pattern)
                            + " is not a name pattern: it holds a character that cannot be printed"
                            + legal);
        }
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (FOREIGN.indexOf(c) >= 0) {
                throw new IllegalArgumentException(
                        Names.quote(pattern)
                                + " is not a name pattern: character "
                                + (i + 1)
                                + ", "
                                + c
                                + ", has no meaning here"
                                + legal);
            }
        }
    }

    /**
     * Tells whether the whole of a name matches. Takes at most pattern length times name length
     * steps.
     *
     * @param name the name of a layer
     * @return whether it matches
     */
    boolean matches(String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
