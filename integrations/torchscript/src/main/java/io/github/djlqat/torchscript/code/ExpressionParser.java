package io.github.djlqat.torchscript.code;

import io.github.djlqat.torchscript.code.Expression.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Parses expressions. Operators have no precedence here, since only names, members, calls, lists
 * and tuples are looked into.
 */
final class ExpressionParser {

    private static final Set<String> PREFIXES = Set.of("-", "+", "~", "not", "*", "**");
    private static final Set<String> INFIXES =
            Set.of(
                    "+", "-", "*", "/", "//", "%", "@", "**", "&", "|", "^", "<<", ">>", "<", ">",
                    "<=", ">=", "==", "!=", "and", "or", "is", "in", "not");

    private final Parser tokens;

    ExpressionParser(Parser tokens) {
        this.tokens = tokens;
    }

    Expression parse() {
        tokens.enter();
        Expression first = operation();
        if (tokens.accept("if")) {
            Expression condition = operation();
            tokens.expect("else");
            Expression otherwise = parse();
            first = compound("if", List.of(first, condition, otherwise), first, otherwise);
        }
        tokens.leave();
        return first;
    }

    /** The targets of a loop, which end before {@code in}. */
    List<Expression> targets() {
        List<Expression> targets = new ArrayList<>();
        do {
            if (tokens.peek().is("in")) {
                break;
            }
            targets.add(operand());
        } while (tokens.accept(","));
        return targets;
    }

    private Expression operation() {
        List<Expression> parts = new ArrayList<>(List.of(operand()));
        String form = Expression.Compound.OTHER;
        while (isInfix(tokens.peek())) {
            form = tokens.next().text();
            // "is not" and "not in" are two words.
            if (tokens.peek().is("not") || tokens.peek().is("in")) {
                form += ' ' + tokens.next().text();
            }
            parts.add(operand());
        }
        Expression first = parts.get(0);
        if (parts.size() > 2) {
            form = Expression.Compound.OTHER;
        }
        return parts.size() == 1
                ? first
                : compound(form, parts, first, parts.get(parts.size() - 1));
    }

    private static boolean isInfix(Token token) {
        return (token.kind() == Token.Kind.OPERATOR || token.kind() == Token.Kind.NAME)
                && INFIXES.contains(token.text());
    }

    private Expression operand() {
        Token token = tokens.peek();
        if ((token.kind() == Token.Kind.OPERATOR || token.kind() == Token.Kind.NAME)
                && PREFIXES.contains(token.text())) {
            tokens.enter();
            tokens.next();
            Expression value = operand();
            tokens.leave();
            return new Expression.Compound(
                    token.text(), List.of(value), new Span(token.from(), value.span().to()));
        }
        return postfix(atom());
    }

    private Expression postfix(Expression base) {
        Expression value = base;
        // A chain nests its owners as deep as it is long.
        int links = 0;
        while (true) {
            if (tokens.accept(".")) {
                Token name = tokens.peek();
                value = new Expression.Member(value, tokens.name(), to(value, name.to()));
            } else if (tokens.peek().is("(")) {
                value = call(value);
            } else if (tokens.accept("[")) {
                Expression index = sequence("]");
                int end = tokens.expect("]").to();
                value = new Expression.Element(value, index, to(value, end));
            } else {
                break;
            }
            tokens.enter();
            links++;
        }
        for (int i = 0; i < links; i++) {
            tokens.leave();
        }
        return value;
    }

    private Expression call(Expression function) {
        tokens.expect("(");
        List<Argument> arguments = new ArrayList<>();
        while (!tokens.peek().is(")")) {
            if (tokens.peek().kind() == Token.Kind.NAME && tokens.peekNext().is("=")) {
                String keyword = tokens.name();
                tokens.next();
                arguments.add(new Argument(keyword, parse()));
            } else {
                arguments.add(new Argument(null, parse()));
            }
            if (!tokens.peek().is(")")) {
                tokens.expect(",");
            }
        }
        int end = tokens.expect(")").to();
        return new Expression.Call(function, arguments, to(function, end));
    }

    private Expression atom() {
        Token token = tokens.peek();
        switch (token.kind()) {
            case NAME:
                tokens.next();
                return new Expression.Name(token.text(), span(token));
            case NUMBER:
                tokens.next();
                return new Expression.Literal(token.text(), span(token));
            case STRING:
                return strings();
            default:
                break;
        }
        if (tokens.accept("(")) {
            return parentheses(token.from());
        }
        if (tokens.accept("[")) {
            Expression inside = sequence("]");
            int end = tokens.expect("]").to();
            List<Expression> items =
                    inside instanceof Expression.Sequence sequence
                                    && sequence.span().from() == sequence.span().to()
                            ? sequence.items()
                            : List.of(inside);
            return new Expression.Sequence(true, items, new Span(token.from(), end));
        }
        if (tokens.accept("{")) {
            return dictionary(token.from());
        }
        if (tokens.accept("...")) {
            return new Expression.Literal(token.text(), span(token));
        }
        throw tokens.refusal("an expression is expected");
    }

    /** Literals next to each other are one string. */
    private Expression strings() {
        Token first = tokens.next();
        int end = first.to();
        while (tokens.peek().kind() == Token.Kind.STRING) {
            end = tokens.next().to();
        }
        return new Expression.Literal(first.text(), new Span(first.from(), end));
    }

    private Expression parentheses(int from) {
        Expression inside = sequence(")");
        int end = tokens.expect(")").to();
        if (inside instanceof Expression.Sequence sequence
                && sequence.span().from() == sequence.span().to()) {
            return new Expression.Sequence(false, sequence.items(), new Span(from, end));
        }
        return wrapped(inside, new Span(from, end));
    }

    /** An expression whose place includes the parentheses around it. */
    private static Expression wrapped(Expression inside, Span span) {
        if (inside instanceof Expression.Name name) {
            return new Expression.Name(name.name(), span);
        }
        if (inside instanceof Expression.Member member) {
            return new Expression.Member(member.owner(), member.name(), span);
        }
        if (inside instanceof Expression.Call call) {
            return new Expression.Call(call.function(), call.arguments(), span);
        }
        if (inside instanceof Expression.Element element) {
            return new Expression.Element(element.owner(), element.index(), span);
        }
        return new Expression.Compound("()", List.of(inside), span);
    }

    /**
     * One expression, or a sequence of an empty place for none or several; slices and
     * comprehensions are compounds.
     */
    private Expression sequence(String close) {
        List<Expression> items = new ArrayList<>();
        boolean separated = false;
        while (!tokens.peek().is(close)) {
            items.add(item());
            if (tokens.accept(",")) {
                separated = true;
            } else {
                break;
            }
        }
        return items.size() == 1 && !separated
                ? items.get(0)
                : new Expression.Sequence(false, items, new Span(0, 0));
    }

    private Expression item() {
        int from = tokens.peek().from();
        List<Expression> parts = new ArrayList<>();
        boolean slice = false;
        while (true) {
            if (tokens.accept(":")) {
                slice = true;
            } else if (tokens.peek().is("]") || tokens.peek().is(",")) {
                break;
            } else if (!parts.isEmpty() && !slice) {
                break;
            } else {
                parts.add(parse());
                if (!tokens.peek().is(":")) {
                    break;
                }
            }
        }
        if (tokens.accept("for")) {
            parts.addAll(targets());
            tokens.expect("in");
            parts.add(parse());
            if (tokens.accept("if")) {
                parts.add(parse());
            }
            slice = true;
        }
        if (parts.size() == 1 && !slice) {
            return parts.get(0);
        }
        return new Expression.Compound(
                Expression.Compound.OTHER, parts, new Span(from, tokens.peek().from()));
    }

    private Expression dictionary(int from) {
        List<Expression> parts = new ArrayList<>();
        String form = "{}";
        while (!tokens.peek().is("}")) {
            parts.add(parse());
            if (tokens.accept(":")) {
                parts.add(parse());
            } else {
                form = Expression.Compound.OTHER;
            }
            if (tokens.accept("for")) {
                form = Expression.Compound.OTHER;
                parts.addAll(targets());
                tokens.expect("in");
                parts.add(parse());
            }
            if (!tokens.peek().is("}")) {
                tokens.expect(",");
            }
        }
        return new Expression.Compound(form, parts, new Span(from, tokens.expect("}").to()));
    }

    private static Expression compound(
            String form, List<Expression> parts, Expression first, Expression last) {
        return new Expression.Compound(
                form, parts, new Span(first.span().from(), last.span().to()));
    }

    private static Span span(Token token) {
        return new Span(token.from(), token.to());
    }

    private static Span to(Expression from, int end) {
        return new Span(from.span().from(), end);
    }
}
