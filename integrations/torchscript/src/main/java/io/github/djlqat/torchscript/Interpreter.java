package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Operation.Operand;
import io.github.djlqat.torchscript.OperationUse.CallPoint;
import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.Expression.Argument;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.FunctionDefinition.Parameter;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.FunctionSource;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.code.Statement;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows modules and their tensors through a program, and finds the operations that multiply them.
 *
 * <p>Both sides of every branch are followed, loops until nothing more is learned, methods once for
 * each module and each set of arguments, functions at each call.
 */
final class Interpreter {

    private static final int MAX_DEPTH = 150;

    /** Beyond any real program; a hostile one calls functions that call functions twice each. */
    private static final int MAX_CALLS = 200_000;

    /** Loops in loops are followed again and again. */
    private static final int MAX_STATEMENTS = 10_000_000;

    private static final String TORCH = "torch.";

    /** Functions that look at a tensor's form alone. */
    private static final Set<String> QUERIES =
            Set.of("size", "dim", "numel", "len", "__is__", "__isnot__", "is_floating_point");

    private final Program program;
    private final ModuleTree modules;
    private final Map<OperationUse.Key, OperationUse> uses = new LinkedHashMap<>();
    private final Map<OperationUse.Key, OperationUse> fused = new LinkedHashMap<>();
    private final Set<String> usedElsewhere = new HashSet<>();
    private final Map<MethodRun, Value> results = new HashMap<>();
    private final Set<MethodKey> reached = new HashSet<>();
    private int depth;
    private int calls;
    private int statements;
    private int reachedFromForward;

    private record MethodKey(ModuleNode node, String method) {}

    private record MethodRun(ModuleNode node, String method, List<Value> arguments) {}

    /** A method or function as it runs. */
    private static final class Frame {
        private final SourceFile file;
        private final String function;
        private final ModuleNode host;
        private final List<CallPoint> chain;
        private Map<String, Value> variables = new HashMap<>();
        private Value result = Value.COMPUTED;
        private boolean returned;

        Frame(SourceFile file, String function, ModuleNode host, List<CallPoint> chain) {
            this.file = file;
            this.function = function;
            this.host = host;
            this.chain = chain;
        }
    }

    Interpreter(Program program, ModuleTree modules) {
        this.program = program;
        this.modules = modules;
    }

    /** Follows {@code forward} of the root, then whatever that does not reach. */
    Interpreter run() {
        ModuleNode root = modules.root();
        runEntry(root, "forward");
        reachedFromForward = uses.size();
        for (ModuleNode node : modules.all()) {
            for (FunctionDefinition method : node.source().definition().methods()) {
                if (!reached.contains(new MethodKey(node, method.name()))) {
                    runEntry(node, method.name());
                }
            }
        }
        return this;
    }

    /** The operations, in the order in which they were first reached. */
    List<OperationUse> uses() {
        return List.copyOf(uses.values());
    }

    /** The number of operations that {@code forward} reaches, which come first. */
    int reachedFromForward() {
        return reachedFromForward;
    }

    /** Calls that compute with stored tensors but cannot be quantized. */
    List<OperationUse> fused() {
        return List.copyOf(fused.values());
    }

    /** The names of stored tensors that other operations compute with too. */
    Set<String> usedElsewhere() {
        return Set.copyOf(usedElsewhere);
    }

    private void useElsewhere(List<Value> values) {
        for (Value value : values) {
            if (value instanceof Value.Stored stored) {
                usedElsewhere.add(stored.origin().name());
            } else if (value instanceof Value.Items items) {
                useElsewhere(items.items());
            }
        }
    }

    private void runEntry(ModuleNode node, String method) {
        FunctionDefinition definition = node.source().definition().method(method).orElse(null);
        if (definition != null) {
            List<Value> arguments = new ArrayList<>();
            arguments.add(new Value.Module(node));
            runMethod(node, definition, arguments, Map.of());
        }
    }

    private Value runMethod(
            ModuleNode node,
            FunctionDefinition method,
            List<Value> arguments,
            Map<String, Value> keywords) {
        List<Value> all = new ArrayList<>(arguments);
        keywords.forEach((name, value) -> all.add(value));
        MethodRun run = new MethodRun(node, method.name(), all);
        Value known = results.get(run);
        if (known != null) {
            return known;
        }
        // A recursive call gets what is known so far, which is nothing.
        results.put(run, Value.COMPUTED);
        reached.add(new MethodKey(node, method.name()));
        String name = node.source().definition().name() + '.' + method.name();
        Frame frame = new Frame(node.source().file(), name, node, List.of());
        Value result = run(frame, method, arguments, keywords);
        results.put(run, result);
        return result;
    }

    private Value run(
            Frame frame,
            FunctionDefinition function,
            List<Value> arguments,
            Map<String, Value> keywords) {
        if (++depth > MAX_DEPTH || ++calls > MAX_CALLS) {
            throw tooLarge(frame);
        }
        List<Parameter> parameters = function.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Value value = keywords.get(parameter.name());
            if (i < arguments.size()) {
                value = arguments.get(i);
            } else if (value == null && parameter.defaultValue() != null) {
                value = evaluate(parameter.defaultValue(), frame);
            }
            frame.variables.put(parameter.name(), value == null ? Value.COMPUTED : value);
        }
        run(function.body(), frame);
        depth--;
        return frame.result;
    }

    private static TorchScriptException tooLarge(Frame frame) {
        return new TorchScriptException(
                frame.file.path()
                        + ": "
                        + frame.function
                        + " cannot be followed: calls are nested more than "
                        + MAX_DEPTH
                        + " deep, there are more than "
                        + MAX_CALLS
                        + " of them or loops are nested too deep.");
    }

    private void run(List<Statement> list, Frame frame) {
        for (Statement statement : list) {
            run(statement, frame);
        }
    }

    private void run(Statement statement, Frame frame) {
        if (++statements > MAX_STATEMENTS) {
            throw tooLarge(frame);
        }
        if (statement instanceof Statement.Assignment assignment) {
            assign(assignment.targets(), evaluate(assignment.value(), frame), frame);
        } else if (statement instanceof Statement.Evaluation evaluation) {
            evaluate(evaluation.value(), frame);
        } else if (statement instanceof Statement.Return returned) {
            Value value =
                    returned.value() == null ? Value.COMPUTED : evaluate(returned.value(), frame);
            frame.result = frame.returned ? Value.join(frame.result, value) : value;
            frame.returned = true;
        } else if (statement instanceof Statement.Branch branch) {
            evaluate(branch.condition(), frame);
            Map<String, Value> before = frame.variables;
            frame.variables = new HashMap<>(before);
            run(branch.then(), frame);
            Map<String, Value> then = frame.variables;
            frame.variables = new HashMap<>(before);
            run(branch.otherwise(), frame);
            frame.variables = joined(then, frame.variables);
        } else if (statement instanceof Statement.Loop loop) {
            run(loop, frame);
        } else if (statement instanceof Statement.Context context) {
            context.context().forEach(value -> evaluate(value, frame));
            run(context.body(), frame);
        }
    }

    private void run(Statement.Loop loop, Frame frame) {
        evaluate(loop.control(), frame);
        while (true) {
            Map<String, Value> before = frame.variables;
            frame.variables = new HashMap<>(before);
            assign(loop.targets(), Value.COMPUTED, frame);
            run(loop.body(), frame);
            Map<String, Value> after = joined(before, frame.variables);
            frame.variables = after;
            // Joining only ever forgets, so that this ends.
            if (after.equals(before)) {
                break;
            }
        }
    }

    /** A variable of one side alone keeps its value: no legal program reads it on the other. */
    private static Map<String, Value> joined(Map<String, Value> a, Map<String, Value> b) {
        Map<String, Value> both = new HashMap<>(a);
        b.forEach((name, value) -> both.merge(name, value, Value::join));
        return both;
    }

    private void assign(List<Expression> targets, Value value, Frame frame) {
        for (int i = 0; i < targets.size(); i++) {
            Value part = targets.size() == 1 ? value : item(value, i);
            if (targets.get(i) instanceof Expression.Name name) {
                frame.variables.put(name.name(), part);
            } else if (targets.get(i) instanceof Expression.Sequence sequence) {
                assign(sequence.items(), part, frame);
            } else if (!(targets.get(i) instanceof Expression.Member)) {
                evaluate(targets.get(i), frame);
            }
        }
    }

    private Value item(Value value, int index) {
        if (value instanceof Value.Items items && index >= 0 && index < items.items().size()) {
            return items.items().get(index);
        }
        if (value instanceof Value.StoredList list
                && list.owner().attribute(list.attribute()) instanceof ListValue stored
                && index >= 0
                && index < stored.items().size()
                && stored.items().get(index) instanceof TensorValue) {
            return new Value.Stored(new Origin(list.owner(), list.attribute(), index), false);
        }
        return Value.COMPUTED;
    }

    private Value evaluate(Expression expression, Frame frame) {
        if (expression instanceof Expression.Name name) {
            return frame.variables.getOrDefault(name.name(), Value.COMPUTED);
        }
        if (expression instanceof Expression.Member member) {
            return member(member, frame);
        }
        if (expression instanceof Expression.Call call) {
            return call(call, frame);
        }
        if (expression instanceof Expression.Element element) {
            Value owner = evaluate(element.owner(), frame);
            evaluate(element.index(), frame);
            return element.index() instanceof Expression.Literal literal
                    ? item(owner, index(literal))
                    : Value.COMPUTED;
        }
        if (expression instanceof Expression.Sequence sequence) {
            List<Value> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(evaluate(item, frame)));
            return new Value.Items(items);
        }
        if (expression instanceof Expression.Compound compound) {
            compound.parts().forEach(part -> evaluate(part, frame));
        }
        return Value.COMPUTED;
    }

    private static int index(Expression.Literal literal) {
        try {
            return Integer.parseInt(literal.text());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Value member(Expression.Member member, Frame frame) {
        if (member.owner() instanceof Expression.Name name && name.name().equals("CONSTANTS")) {
            return new Value.Stored(new Origin(null, "CONSTANTS." + member.name(), -1), false);
        }
        String dotted = dotted(member, frame);
        if (dotted != null) {
            return program.findFunction(dotted) == null
                    ? Value.COMPUTED
                    : new Value.Function(dotted);
        }
        Value owner = evaluate(member.owner(), frame);
        return owner instanceof Value.Module module
                ? attribute(module.node(), member.name())
                : Value.COMPUTED;
    }

    private Value attribute(ModuleNode node, String name) {
        PickleValue value = node.attribute(name);
        if (value instanceof ObjectValue object) {
            ModuleNode child = modules.find(object);
            return child == null ? Value.COMPUTED : new Value.Module(child);
        }
        if (value instanceof TensorValue) {
            return new Value.Stored(new Origin(node, name, -1), false);
        }
        return value instanceof ListValue ? new Value.StoredList(node, name) : Value.COMPUTED;
    }

    /** The dotted name that an expression is, or null if it begins with a variable. */
    private static @Nullable String dotted(Expression expression, Frame frame) {
        if (expression instanceof Expression.Name name) {
            return frame.variables.containsKey(name.name()) ? null : name.name();
        }
        if (expression instanceof Expression.Member member) {
            String owner = dotted(member.owner(), frame);
            return owner == null ? null : owner + '.' + member.name();
        }
        return null;
    }

    private Value call(Expression.Call call, Frame frame) {
        String dotted = dotted(call.function(), frame);
        if ("getattr".equals(dotted)
                && call.arguments().size() == 2
                && evaluate(call.arguments().get(0).value(), frame) instanceof Value.Module module
                && call.arguments().get(1).value() instanceof Expression.Literal literal) {
            return attribute(module.node(), unquoted(literal.text()));
        }
        if (dotted != null && call.arguments().size() == 2 && isCast(dotted)) {
            return evaluate(call.arguments().get(1).value(), frame);
        }
        List<Value> arguments = new ArrayList<>();
        Map<String, Value> keywords = new LinkedHashMap<>();
        for (Argument argument : call.arguments()) {
            Value value = evaluate(argument.value(), frame);
            if (argument.keyword() == null) {
                arguments.add(value);
            } else {
                keywords.put(argument.keyword(), value);
            }
        }
        if (dotted != null && dotted.startsWith(TORCH)) {
            return torch(dotted.substring(TORCH.length()), call, arguments, frame);
        }
        if (call.function() instanceof Expression.Member member
                && evaluate(member.owner(), frame) instanceof Value.Module module) {
            FunctionDefinition method =
                    module.node().source().definition().method(member.name()).orElse(null);
            if (method == null) {
                return Value.COMPUTED;
            }
            arguments.add(0, module);
            return runMethod(module.node(), method, arguments, keywords);
        }
        if (evaluate(call.function(), frame) instanceof Value.Function function) {
            FunctionSource source = program.findFunction(function.qualifiedName());
            if (source != null) {
                List<CallPoint> chain = new ArrayList<>(frame.chain);
                chain.add(new CallPoint(frame.file, frame.function, call));
                Frame callee =
                        new Frame(source.file(), source.definition().name(), frame.host, chain);
                return run(callee, source.definition(), arguments, keywords);
            }
        }
        return Value.COMPUTED;
    }

    private static boolean isCast(String function) {
        return function.equals("annotate") || function.equals("unchecked_cast");
    }

    private static String unquoted(String literal) {
        return literal.length() < 2 ? literal : literal.substring(1, literal.length() - 1);
    }

    private Value torch(String function, Expression.Call call, List<Value> arguments, Frame frame) {
        Operation operation = Operation.of(function, call.arguments());
        if (operation != null) {
            record(operation, call, arguments, frame);
            return Value.COMPUTED;
        }
        if (Operation.isFused(function) && holdsStored(arguments)) {
            add(fused, new Operation(function, List.of()), call, List.of(), frame);
            return Value.COMPUTED;
        }
        Value same =
                !arguments.isEmpty() && arguments.get(0) instanceof Value.Stored stored
                        ? sameTensor(function, call, stored)
                        : Value.COMPUTED;
        if (same == Value.COMPUTED && !QUERIES.contains(function)) {
            useElsewhere(arguments);
        }
        return same;
    }

    /** What a function returns that passes a stored tensor on. */
    private static Value sameTensor(String function, Expression.Call call, Value.Stored stored) {
        return switch (function) {
            case "contiguous", "detach", "alias" -> stored;
            case "t", "numpy_T" -> new Value.Stored(stored.origin(), !stored.swapped());
            case "transpose" ->
                    swapsLastTwo(call, rank(stored.origin()))
                            ? new Value.Stored(stored.origin(), !stored.swapped())
                            : Value.COMPUTED;
            default -> Value.COMPUTED;
        };
    }

    private static boolean holdsStored(List<Value> values) {
        for (Value value : values) {
            if (value instanceof Value.Stored
                    || value instanceof Value.Several
                    || value instanceof Value.Items items && holdsStored(items.items())) {
                return true;
            }
        }
        return false;
    }

    private static boolean swapsLastTwo(Expression.Call call, int rank) {
        Set<String> axes = new HashSet<>();
        for (Argument argument : call.arguments().subList(1, call.arguments().size())) {
            axes.add(
                    argument.value() instanceof Expression.Literal literal
                            ? literal.text()
                            : argument.value() instanceof Expression.Compound compound
                                            && compound.parts().size() == 1
                                            && compound.parts().get(0)
                                                    instanceof Expression.Literal literal
                                    ? "-" + literal.text()
                                    : "");
        }
        return rank == 2 && axes.equals(Set.of("0", "1")) || axes.equals(Set.of("-1", "-2"));
    }

    private void record(
            Operation operation, Expression.Call call, List<Value> arguments, Frame frame) {
        List<Operand> operands = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (Operand operand : operation.operands()) {
            if (operand.argument() >= arguments.size()) {
                return;
            }
            Value value = arguments.get(operand.argument());
            if (operand.item() == Operand.MATRICES) {
                for (int item : matrices(value)) {
                    operands.add(
                            new Operand(
                                    operand.argument(),
                                    item,
                                    true,
                                    operand.channelAxis(),
                                    size(value)));
                    values.add(item(value, item));
                }
            } else {
                operands.add(operand);
                values.add(operand.item() < 0 ? value : item(value, operand.item()));
            }
        }
        add(uses, new Operation(operation.name(), operands), call, values, frame);
    }

    /** The positions of the tensors of two and more dimensions in a list. */
    private List<Integer> matrices(Value list) {
        int size = size(list);
        List<Integer> matrices = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (item(list, i) instanceof Value.Stored stored
                    && tensor(stored.origin()) instanceof TensorValue tensor
                    && tensor.shape().size() > 1) {
                matrices.add(i);
            }
        }
        return matrices;
    }

    private static int rank(Origin origin) {
        return tensor(origin) instanceof TensorValue tensor ? tensor.shape().size() : 2;
    }

    static int size(Value list) {
        if (list instanceof Value.Items items) {
            return items.items().size();
        }
        return list instanceof Value.StoredList stored
                        && stored.owner().attribute(stored.attribute()) instanceof ListValue value
                ? value.items().size()
                : 0;
    }

    private static @Nullable PickleValue tensor(Origin origin) {
        if (origin.owner() == null) {
            return null;
        }
        PickleValue value = origin.owner().attribute(origin.attribute());
        return origin.index() >= 0 && value instanceof ListValue list
                ? list.items().get(origin.index())
                : value;
    }

    private static void add(
            Map<OperationUse.Key, OperationUse> uses,
            Operation operation,
            Expression.Call call,
            List<Value> values,
            Frame frame) {
        List<CallPoint> chain = new ArrayList<>(frame.chain);
        chain.add(new CallPoint(frame.file, frame.function, call));
        OperationUse use = new OperationUse(frame.host, chain, operation, values);
        uses.merge(use.key(), use, OperationUse::joined);
    }
}
