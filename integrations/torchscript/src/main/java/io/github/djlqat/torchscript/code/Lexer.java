package io.github.djlqat.torchscript.code;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Cuts source text into tokens, indentation and the ends of logical lines among them. */
final class Lexer {

    /** Operators, longer ones before those that they begin with. */
    private static final List<String> OPERATORS =
            List.of(
                    "...", "**=", "//=", ">>=", "<<=", "->", "**", "//", ">>", "<<", "<=", ">=",
                    "==", "!=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=", "+",
                    "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{",
                    "}", ",", ":", ".", ";", "=");

    private final String path;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Integer> indents = new ArrayDeque<>(List.of(0));
    private int at;
    private int depth;

    Lexer(String path, String text) {
        this.path = path;
        this.text = text;
    }

    List<Token> tokens() {
        boolean lineStart = true;
        while (true) {
            if (lineStart && depth == 0) {
                indentation();
                lineStart = false;
            }
            skipBlanks();
            if (at >= text.length()) {
                break;
            }
            if (text.charAt(at) == '\n') {
                if (depth == 0) {
                    add(Token.Kind.NEWLINE, at, at + 1);
                    lineStart = true;
                } else {
                    at++;
                }
                continue;
            }
            token();
        }
        if (!tokens.isEmpty() && tokens.get(tokens.size() - 1).kind() != Token.Kind.NEWLINE) {
            add(Token.Kind.NEWLINE, at, at);
        }
        while (indents.pop() > 0) {
            add(Token.Kind.DEDENT, at, at);
        }
        add(Token.Kind.END, at, at);
        return tokens;
    }

    /** Compares the indentation of the next line that holds anything with that of the last. */
    private void indentation() {
        int start = at;
        while (at < text.length()) {
            start = at;
            while (at < text.length() && isBlank(text.charAt(at))) {
                at++;
            }
            skipComment();
            if (at < text.length() && text.charAt(at) == '\n') {
                at++;
            } else {
                break;
            }
        }
        if (at >= text.length()) {
            return;
        }
        int width = at - start;
        if (width > indents.peek()) {
            indents.push(width);
            add(Token.Kind.INDENT, at, at);
        }
        while (width < indents.peek()) {
            indents.pop();
            add(Token.Kind.DEDENT, at, at);
        }
        if (width != indents.peek()) {
            throw refusal("its indentation fits no line above it", at);
        }
    }

    private void skipBlanks() {
        while (at < text.length()) {
            if (isBlank(text.charAt(at))) {
                at++;
            } else if (text.charAt(at) == '\\' && text.startsWith("\n", at + 1)) {
                at += 2;
            } else {
                break;
            }
        }
        skipComment();
    }

    private void skipComment() {
        if (at < text.length() && text.charAt(at) == '#') {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
        }
    }

    private void token() {
        char c = text.charAt(at);
        int end = at;
        if (isNameStart(c)) {
            while (end < text.length() && isNamePart(text.charAt(end))) {
                end++;
            }
            add(Token.Kind.NAME, at, end);
        } else if (isDigit(c)
                || c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
            add(Token.Kind.NUMBER, at, numberEnd());
        } else if (c == '"' || c == '\'') {
            add(Token.Kind.STRING, at, stringEnd(c));
        } else {
            operator();
        }
    }

    private int numberEnd() {
        int end = at;
        while (end < text.length()) {
            char c = text.charAt(end);
            boolean sign =
                    (c == '+' || c == '-')
                            && (text.charAt(end - 1) == 'e' || text.charAt(end - 1) == 'E')
                            && !text.startsWith("0x", at);
            if (!isNamePart(c) && c != '.' && !(end > at && sign)) {
                break;
            }
            end++;
        }
        return end;
    }

    private int stringEnd(char quote) {
        String fence = String.valueOf(quote).repeat(3);
        boolean fenced = text.startsWith(fence, at);
        int end = at + (fenced ? 3 : 1);
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == '\\') {
                end += 2;
            } else if (fenced ? text.startsWith(fence, end) : c == quote) {
                return end + (fenced ? 3 : 1);
            } else if (c == '\n' && !fenced) {
                break;
            } else {
                end++;
            }
        }
        throw refusal("a string does not end", at);
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                char first = operator.charAt(0);
                if (first == '(' || first == '[' || first == '{') {
                    depth++;
                } else if (first == ')' || first == ']' || first == '}') {
                    depth = Math.max(0, depth - 1);
                }
                add(Token.Kind.OPERATOR, at, at + operator.length());
                return;
            }
        }
        throw refusal(
                String.format("the character U+%04X is not one of source", (int) text.charAt(at)),
                at);
    }

    private void add(Token.Kind kind, int from, int to) {
        tokens.add(new Token(kind, text.substring(from, to), from, to));
        at = to;
    }

    private TorchScriptException refusal(String problem, int offset) {
        return new TorchScriptException(
                path + ":" + SourceFile.line(text, offset) + ": " + problem + ".");
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c);
    }
}
