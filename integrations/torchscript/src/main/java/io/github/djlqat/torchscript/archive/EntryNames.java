package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.error.TorchScriptException;

/** The names of entries, which must not leave the folder that an archive is unpacked into. */
final class EntryNames {

    private static final int MAX_LENGTH = 4096;
    private static final int MAX_SHOWN_LENGTH = 100;

    private EntryNames() {}

    /**
     * Checks a full name.
     *
     * @throws TorchScriptException if it is not a relative path of plain segments
     */
    static void check(String name) {
        String problem = problem(name);
        if (!problem.isEmpty()) {
            throw new TorchScriptException(
                    "the name of entry \""
                            + shorten(name)
                            + "\" "
                            + problem
                            + "; relative paths such as model/data.pkl are legal");
        }
    }

    private static String problem(String name) {
        if (name.length() > MAX_LENGTH) {
            return "has more than " + MAX_LENGTH + " characters";
        }
        if (name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            return "has control characters";
        }
        if (name.indexOf('\\') >= 0) {
            return "has a backslash";
        }
        // A folder's own entry ends in a slash.
        String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                return "is absolute or has an empty segment";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has a segment \"" + segment + "\"";
            }
        }
        return path.matches("[A-Za-z]:.*") ? "begins with a drive" : "";
    }

    static String shorten(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= MAX_SHOWN_LENGTH
                ? printable
                : printable.substring(0, MAX_SHOWN_LENGTH)
                        + "… ("
                        + printable.length()
                        + " characters)";
    }
}
