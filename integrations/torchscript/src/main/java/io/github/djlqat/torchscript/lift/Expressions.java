package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.code.Program.FunctionSource;
import io.github.djlqat.torchscript.code.Span;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.lift.Evaluator.Frame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Expressions {

    private final Evaluator evaluator;
    private final Attributes attributes;

    Expressions(Evaluator evaluator) {
        this.evaluator = evaluator;
        attributes = new Attributes(evaluator, this);
    }

    /** Computes a condition. */
    boolean condition(Expression expression, Frame frame) {
        Object value = evaluate(expression, frame);
        try {
            return Conversions.truth(value);
        } catch (RuntimeException e) {
            throw frame.located(expression.span(), e);
        }
    }

    @Nullable Object evaluate(Expression expression, Frame frame) {
        try {
            evaluator.budget().step();
            evaluator.budget().enter();
            Object value = value(expression, frame);
            evaluator.budget().leave();
            return value;
        } catch (RuntimeException e) {
            throw frame.located(expression.span(), e);
        }
    }

    private @Nullable Object value(Expression expression, Frame frame) {
        if (expression instanceof Expression.Name name) {
            return name(name.name(), frame);
        }
        if (expression instanceof Expression.Literal literal) {
            return Literal.value(literal.text());
        }
        if (expression instanceof Expression.Member member) {
            return member(member, frame);
        }
        if (expression instanceof Expression.Call call) {
            return call(call, frame);
        }
        if (expression instanceof Expression.Element element) {
            return item(evaluate(element.owner(), frame), evaluate(element.index(), frame));
        }
        if (expression instanceof Expression.Sequence sequence) {
            List<@Nullable Object> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(evaluate(item, frame)));
            return sequence.list() ? items : new Tuple(items, List.of());
        }
        return compound((Expression.Compound) expression, frame);
    }

    private @Nullable Object name(String name, Frame frame) {
        if (frame.has(name)) {
            return frame.get(name);
        }
        return switch (name) {
            case "None" -> null;
            case "True" -> true;
            case "False" -> false;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> throw new TorchScriptException("the variable " + name + " has no value");
        };
    }

    private @Nullable Object compound(Expression.Compound compound, Frame frame) {
        List<Expression> parts = compound.parts();
        switch (compound.form()) {
            case "()":
                return evaluate(parts.get(0), frame);
            case "-":
                if (parts.size() == 1) {
                    return ScalarOps.negated(evaluate(parts.get(0), frame));
                }
                break;
            case "not":
                return !condition(parts.get(0), frame);
            case "and":
                return condition(parts.get(0), frame) && condition(parts.get(1), frame);
            case "or":
                return condition(parts.get(0), frame) || condition(parts.get(1), frame);
            case "if":
                return evaluate(parts.get(condition(parts.get(1), frame) ? 0 : 2), frame);
            case "{}":
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = 0; i + 1 < parts.size(); i += 2) {
                    map.put(evaluate(parts.get(i), frame), evaluate(parts.get(i + 1), frame));
                }
                return map;
            default:
                break;
        }
        throw new TorchScriptException(
                "operators, slices and comprehensions are not lifted, as torch.jit.save writes none");
    }

    /** The dotted name that an expression is, or null if it begins with a variable. */
    private static @Nullable String dotted(Expression expression, Frame frame) {
        if (expression instanceof Expression.Name name) {
            return frame.has(name.name()) ? null : name.name();
        }
        if (expression instanceof Expression.Member member) {
            String owner = dotted(member.owner(), frame);
            return owner == null ? null : owner + '.' + member.name();
        }
        return null;
    }

    private @Nullable EnumMember enumMember(Expression.Member member, String dotted, Frame frame) {
        String className = dotted.substring(0, dotted.lastIndexOf('.'));
        ClassSource source = evaluator.program().source().findClass(className);
        if (source == null || !source.definition().bases().equals(List.of("Enum"))) {
            return null;
        }
        Expression value = source.definition().constants().get(member.name());
        return value == null ? null : new EnumMember(className, evaluate(value, frame));
    }

    private @Nullable Object member(Expression.Member member, Frame frame) {
        String dotted = dotted(member, frame);
        if (dotted == null) {
            return attributes.get(evaluate(member.owner(), frame), member.name());
        }
        if (dotted.startsWith("CONSTANTS.") && dotted.equals("CONSTANTS." + member.name())) {
            return attributes.value(
                    evaluator.program().constant(member.name()), "CONSTANTS", member.name());
        }
        Callable function = function(dotted);
        if (function == null) {
            EnumMember constant = enumMember(member, dotted, frame);
            if (constant != null) {
                return constant;
            }
            throw new TorchScriptException("the program has no " + dotted);
        }
        return function;
    }

    private @Nullable Callable function(String dotted) {
        FunctionSource source = evaluator.program().source().findFunction(dotted);
        return source == null ? null : new Callable(source.file(), source.definition(), null);
    }

    private @Nullable Object call(Expression.Call call, Frame frame) {
        String dotted = dotted(call.function(), frame);
        if (dotted != null && call.arguments().size() == 2 && isCast(dotted)) {
            return Conversions.cast(
                    frameText(call.arguments().get(0).value(), frame),
                    evaluate(call.arguments().get(1).value(), frame));
        }
        if ("uninitialized".equals(dotted)) {
            return null;
        }
        if ("isinstance".equals(dotted) && call.arguments().size() == 2) {
            return Conversions.isInstance(
                    evaluate(call.arguments().get(0).value(), frame),
                    frameText(call.arguments().get(1).value(), frame));
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
        for (Expression.Argument argument : call.arguments()) {
            Object value = evaluate(argument.value(), frame);
            if (argument.keyword() == null) {
                arguments.add(value);
            } else {
                keywords.put(argument.keyword(), value);
            }
        }
        if (dotted != null) {
            return named(dotted, arguments, keywords);
        }
        if (call.function() instanceof Expression.Member member) {
            Object owner = evaluate(member.owner(), frame);
            if (owner instanceof Module module) {
                return method(module, member.name(), arguments, keywords);
            }
        }
        if (evaluate(call.function(), frame) instanceof Callable callable) {
            return evaluator.call(callable, arguments, keywords);
        }
        throw new TorchScriptException("what it calls is no function");
    }

    private static boolean isCast(String dotted) {
        return dotted.equals("annotate") || dotted.equals("unchecked_cast");
    }

    private static String frameText(Expression expression, Frame frame) {
        return frame.text(expression.span());
    }

    private @Nullable Object method(
            Module module,
            String name,
            List<@Nullable Object> arguments,
            Map<String, @Nullable Object> keywords) {
        ClassSource source = module.source();
        FunctionDefinition method =
                source.definition()
                        .method(name)
                        .orElseThrow(
                                () ->
                                        new TorchScriptException(
                                                "the class "
                                                        + source.qualifiedName()
                                                        + " has no method "
                                                        + name));
        return evaluator.call(new Callable(source.file(), method, module), arguments, keywords);
    }

    private @Nullable Object named(
            String dotted,
            List<@Nullable Object> arguments,
            Map<String, @Nullable Object> keywords) {
        Callable function = function(dotted);
        if (function != null) {
            return evaluator.call(function, arguments, keywords);
        }
        if (dotted.equals("getattr") && arguments.size() == 2) {
            return attributes.get(arguments.get(0), String.valueOf(arguments.get(1)));
        }
        if (dotted.equals("hasattr") && arguments.size() == 2) {
            return attributes.has(arguments.get(0), String.valueOf(arguments.get(1)));
        }
        ClassSource source = evaluator.program().source().findClass(dotted);
        if (source != null) {
            if (source.definition().bases().equals(List.of("NamedTuple"))) {
                List<@Nullable Object> items = new ArrayList<>(arguments);
                items.addAll(keywords.values());
                return new Tuple(items, List.copyOf(source.definition().attributes().keySet()));
            }
            throw new TorchScriptException(
                    "it makes an instance of " + dotted + "; legal are modules and named tuples");
        }
        // Up to version 3, ints were divided as in C.
        boolean oldDivision =
                evaluator.program().version() < 4
                        && dotted.matches("torch\\.div_?")
                        && arguments.stream().anyMatch(Tensor.class::isInstance);
        String operation = oldDivision ? dotted.replace("div", "_div_0_3") : dotted;
        return Aten.apply(
                operation,
                new AtenCall(
                        operation,
                        arguments,
                        keywords,
                        evaluator.manager(),
                        evaluator.training(),
                        evaluator.budget()));
    }

    /** Returns the items of a list or tuple. */
    List<@Nullable Object> items(@Nullable Object value, Span span, Frame frame) {
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            List<@Nullable Object> items = (List<@Nullable Object>) list;
            return items;
        }
        throw frame.located(
                span,
                new TorchScriptException(
                        AtenCall.describe(value) + " is taken apart; legal is a list or tuple"));
    }

    private static @Nullable Object item(@Nullable Object owner, @Nullable Object index) {
        if (owner instanceof Map<?, ?> map) {
            if (!map.containsKey(index)) {
                throw new TorchScriptException("the dictionary has no key " + index);
            }
            return map.get(index);
        }
        List<?> list = owner instanceof Tuple tuple ? tuple.items() : null;
        if (owner instanceof List<?> items) {
            list = items;
        }
        if (list == null || !(index instanceof Long at)) {
            throw new TorchScriptException(
                    "an item of " + AtenCall.describe(owner) + " is taken; legal is one of a list");
        }
        return list.get(position(at, list.size()));
    }

    static int position(long at, int size) {
        long positive = at < 0 ? at + size : at;
        if (positive < 0 || positive >= size) {
            throw new TorchScriptException(
                    "the position is " + at + " in a list of " + size + " items");
        }
        return (int) positive;
    }

    void setItem(Expression.Element element, @Nullable Object value, Frame frame) {
        Object owner = evaluate(element.owner(), frame);
        Object index = evaluate(element.index(), frame);
        try {
            if (owner instanceof Map<?, ?> map) {
                @SuppressWarnings("unchecked")
                Map<@Nullable Object, @Nullable Object> entries =
                        (Map<@Nullable Object, @Nullable Object>) map;
                entries.put(index, value);
            } else if (owner instanceof List<?> && index instanceof Long at) {
                List<@Nullable Object> items = items(owner, element.span(), frame);
                items.set(position(at, items.size()), value);
            } else {
                throw new TorchScriptException("legal is an item of a list or dictionary");
            }
        } catch (RuntimeException e) {
            throw frame.located(element.span(), e);
        }
    }
}
