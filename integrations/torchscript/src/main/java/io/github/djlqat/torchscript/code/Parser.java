package io.github.djlqat.torchscript.code;

import io.github.djlqat.torchscript.code.FunctionDefinition.Parameter;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses classes, functions and statements. What stands around them, such as imports of old
 * archives, is passed over.
 */
final class Parser {

    /** Deeper nesting would exhaust the stack of whoever walks the tree. */
    private static final int MAX_NESTING = 60;

    private static final Set<String> UPDATES =
            Set.of(
                    "+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "@=", "<<=",
                    ">>=");

    private final String path;
    private final String text;
    private final List<Token> tokens;
    private final ExpressionParser expressions;
    private int at;
    private int nesting;

    Parser(String path, String text) {
        this.path = path;
        this.text = text;
        tokens = new Lexer(path, text).tokens();
        expressions = new ExpressionParser(this);
    }

    SourceFile file() {
        List<ClassDefinition> classes = new ArrayList<>();
        List<FunctionDefinition> functions = new ArrayList<>();
        while (peek().kind() != Token.Kind.END) {
            if (peek().is("class")) {
                classes.add(classDefinition());
            } else if (peek().is("def")) {
                functions.add(function());
            } else {
                next();
            }
        }
        return new SourceFile(path, text, classes, functions);
    }

    private ClassDefinition classDefinition() {
        int from = expect("class").from();
        String name = name();
        List<String> bases = new ArrayList<>();
        if (accept("(")) {
            while (!accept(")")) {
                Expression base = expressions.parse();
                bases.add(text.substring(base.span().from(), base.span().to()));
                accept(",");
            }
        }
        expect(":");
        Map<String, String> attributes = new LinkedHashMap<>();
        Map<String, Expression> constants = new LinkedHashMap<>();
        List<FunctionDefinition> methods = new ArrayList<>();
        int declarationsEnd = -1;
        if (peek().kind() == Token.Kind.NEWLINE) {
            next();
            expect(Token.Kind.INDENT);
            while (peek().kind() != Token.Kind.DEDENT) {
                if (peek().kind() == Token.Kind.END) {
                    // A declaration that breaks off has taken the dedent.
                    expect(Token.Kind.DEDENT);
                }
                if (peek().is("def")) {
                    declarationsEnd =
                            declarationsEnd < 0 ? lineStart(peek().from()) : declarationsEnd;
                    methods.add(function());
                } else {
                    declaration(bases, attributes, constants);
                }
            }
        } else {
            declaration(bases, attributes, constants);
            return new ClassDefinition(
                    name, bases, attributes, constants, methods, last(), new Span(from, last()));
        }
        int to = last();
        next();
        return new ClassDefinition(
                name,
                bases,
                attributes,
                constants,
                methods,
                declarationsEnd < 0 ? to : declarationsEnd,
                new Span(from, to));
    }

    private void declaration(
            List<String> bases, Map<String, String> attributes, Map<String, Expression> constants) {
        Token first = peek();
        if (first.kind() == Token.Kind.NAME && peekNext().is(":")) {
            next();
            int from = next().to();
            while (!endsLine() && peek().kind() != Token.Kind.END && !peek().is("=")) {
                next();
            }
            String type = text.substring(from, Math.max(from, peek().from())).strip();
            attributes.put(first.text(), type);
            if (accept("=")) {
                constants.put(first.text(), values());
            }
        } else if (bases.equals(List.of("Enum")) && peekNext().is("=")) {
            next();
            next();
            constants.put(first.text(), values());
        } else if (first.is("__annotations__") && peekNext().is("[")) {
            next();
            next();
            String key = next().text();
            Token end = next();
            Token equal = next();
            if (key.length() >= 2 && end.is("]") && equal.is("=")) {
                attributes.put(key.substring(1, key.length() - 1), rest(equal.to()));
            }
        }
        skipLine();
    }

    /** The text from an offset to the end of the line of the next token. */
    private String rest(int from) {
        int index = at;
        while (tokens.get(index).kind() != Token.Kind.NEWLINE
                && tokens.get(index).kind() != Token.Kind.END) {
            index++;
        }
        return text.substring(from, Math.max(from, tokens.get(index).from())).strip();
    }

    private FunctionDefinition function() {
        enter();
        int from = expect("def").from();
        String name = name();
        int parametersFrom = expect("(").to();
        List<Parameter> parameters = new ArrayList<>();
        while (!accept(")")) {
            accept("*");
            if (peek().is(",")) {
                next();
                continue;
            }
            String parameter = name();
            Expression type = accept(":") ? expressions.parse() : null;
            Expression value = accept("=") ? expressions.parse() : null;
            parameters.add(new Parameter(parameter, type, value));
            if (!peek().is(")")) {
                expect(",");
            }
        }
        if (accept("->")) {
            expressions.parse();
        }
        List<Statement> body = block();
        nesting--;
        return new FunctionDefinition(
                name, parameters, body, parametersFrom, new Span(from, last()));
    }

    /** A colon, and the indented statements behind it or those on its line. */
    private List<Statement> block() {
        expect(":");
        List<Statement> statements = new ArrayList<>();
        if (peek().kind() != Token.Kind.NEWLINE) {
            statements.add(statement());
            return statements;
        }
        next();
        expect(Token.Kind.INDENT);
        enter();
        while (peek().kind() != Token.Kind.DEDENT) {
            statements.add(statement());
        }
        nesting--;
        next();
        return statements;
    }

    private Statement statement() {
        if (peek().kind() == Token.Kind.NAME) {
            switch (peek().text()) {
                case "if":
                    next();
                    return branch();
                case "for":
                    next();
                    List<Expression> targets = expressions.targets();
                    expect("in");
                    return new Statement.Loop(targets, expressions.parse(), block());
                case "while":
                    next();
                    return new Statement.Loop(List.of(), expressions.parse(), block());
                case "with":
                    next();
                    return context();
                case "def":
                    return new Statement.Nested(function());
                case "return":
                    next();
                    Expression returned = endsLine() ? null : values();
                    finish();
                    return new Statement.Return(returned);
                case "pass", "import", "from", "del", "global":
                    skipLine();
                    return new Statement.Pass();
                case "break", "continue":
                    skipLine();
                    return new Statement.Jump();
                case "assert", "raise":
                    next();
                    return new Statement.Evaluation(finish(values()));
                default:
                    break;
            }
        }
        return simple();
    }

    private Statement branch() {
        Expression condition = expressions.parse();
        List<Statement> then = block();
        List<Statement> otherwise = List.of();
        if (accept("elif")) {
            enter();
            otherwise = List.of(branch());
            nesting--;
        } else if (accept("else")) {
            otherwise = block();
        }
        return new Statement.Branch(condition, then, otherwise);
    }

    private Statement context() {
        List<Expression> context = new ArrayList<>();
        do {
            context.add(expressions.parse());
            if (accept("as")) {
                context.add(expressions.parse());
            }
        } while (accept(","));
        return new Statement.Context(context, block());
    }

    private Statement simple() {
        Expression first = values();
        if (accept(":")) {
            expressions.parse();
            if (!accept("=")) {
                finish(first);
                return new Statement.Pass();
            }
            return assignment(first);
        }
        if (accept("=")) {
            return assignment(first);
        }
        if (peek().kind() == Token.Kind.OPERATOR && UPDATES.contains(peek().text())) {
            next();
            Expression operand = values();
            Span span = new Span(first.span().from(), operand.span().to());
            Expression value =
                    new Expression.Compound(
                            Expression.Compound.OTHER, List.of(first, operand), span);
            return new Statement.Assignment(List.of(first), finish(value));
        }
        return new Statement.Evaluation(finish(first));
    }

    private Statement assignment(Expression target) {
        Expression value = values();
        while (accept("=")) {
            // The outer targets of a chain take an unknown value, which is the safe assumption.
            value = values();
        }
        List<Expression> targets =
                target instanceof Expression.Sequence sequence && sequence.items().size() > 1
                        ? sequence.items()
                        : List.of(target);
        return new Statement.Assignment(targets, finish(value));
    }

    /** One expression, or a tuple without parentheses. */
    private Expression values() {
        Expression first = expressions.parse();
        if (!peek().is(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (accept(",")) {
            if (endsLine() || peek().is("=")) {
                break;
            }
            items.add(expressions.parse());
        }
        return new Expression.Sequence(false, items, new Span(first.span().from(), last()));
    }

    private Expression finish(Expression value) {
        finish();
        return value;
    }

    private void finish() {
        if (!accept(";") && peek().kind() != Token.Kind.END) {
            expect(Token.Kind.NEWLINE);
        }
    }

    private boolean endsLine() {
        return peek().kind() == Token.Kind.NEWLINE || peek().is(";");
    }

    private void skipLine() {
        while (peek().kind() != Token.Kind.NEWLINE && peek().kind() != Token.Kind.END) {
            next();
        }
        if (peek().kind() == Token.Kind.NEWLINE) {
            next();
        }
    }

    private int lineStart(int offset) {
        return text.lastIndexOf('\n', offset - 1) + 1;
    }

    /** The end of the token before, its line's end included. */
    private int last() {
        int index = at - 1;
        while (index > 0 && tokens.get(index).kind() == Token.Kind.DEDENT) {
            index--;
        }
        return index < 0 ? 0 : tokens.get(index).to();
    }

    void enter() {
        if (++nesting > MAX_NESTING) {
            throw refusal("it is nested more than " + MAX_NESTING + " deep");
        }
    }

    void leave() {
        nesting--;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekNext() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    boolean accept(String expected) {
        if (!peek().is(expected)) {
            return false;
        }
        next();
        return true;
    }

    Token expect(String expected) {
        if (!peek().is(expected)) {
            throw refusal("\"" + expected + "\" is expected");
        }
        return next();
    }

    String name() {
        return expect(Token.Kind.NAME).text();
    }

    private Token expect(Token.Kind kind) {
        if (peek().kind() != kind) {
            throw refusal("a " + kind + " is expected");
        }
        return next();
    }

    TorchScriptException refusal(String problem) {
        Token token = peek();
        String found =
                token.kind() == Token.Kind.END ? "the end" : "\"" + token.text().strip() + "\"";
        return new TorchScriptException(
                path
                        + ":"
                        + SourceFile.line(text, token.from())
                        + ": "
                        + problem
                        + " at "
                        + found
                        + ".");
    }
}
