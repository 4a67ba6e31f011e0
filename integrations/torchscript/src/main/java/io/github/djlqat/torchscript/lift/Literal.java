package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.error.TorchScriptException;

/** Numbers and strings as the source writes them. */
final class Literal {

    private Literal() {}

    static Object value(String text) {
        if (text.endsWith("\"") || text.endsWith("'")) {
            return string(text);
        }
        try {
            if (text.matches("[0-9]+")) {
                return Long.parseLong(text);
            }
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new TorchScriptException(
                    text + " is no number or string; ints have at most 64 bits");
        }
    }

    private static String string(String text) {
        int from = text.startsWith("\"\"\"") || text.startsWith("'''") ? 3 : 1;
        if (text.length() < 2 * from) {
            throw new TorchScriptException("the string " + text + " does not end");
        }
        String inside = text.substring(from, text.length() - from);
        try {
            return inside.translateEscapes();
        } catch (IllegalArgumentException e) {
            return inside;
        }
    }
}
