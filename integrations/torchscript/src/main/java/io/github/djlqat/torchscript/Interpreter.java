package io.github.djlqat.torchscript;

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
import io.github.djlqat.torchscript.error.TorchScriptException;
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

    /** What BatchNorm follows. */
    private static final Set<String> LAYERS = Set.of("convolution", "deconvolution", "linear");

    private final Program program;
    private final ModuleTree modules;
    private final StoredValues stored;
    private final OperationLog log;
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

        /** The condition of the innermost branch that is taken if it holds. */
        private @Nullable Expression condition;

        Frame(SourceFile file, String function, ModuleNode host, List<CallPoint> chain) {
            this.file = file;
            this.function = function;
            this.host = host;
            this.chain = chain;
        }
    }

    Interpreter(Program program, ModuleTree modules, StoredTensors tensors) {
        this.program = program;
        this.modules = modules;
        stored = new StoredValues(modules, tensors, new AssignedAttributes(program.classes()));
        log = new OperationLog(stored);
    }

    /** Follows {@code forward} of the root, then whatever that does not reach. */
    Interpreter run() {
        ModuleNode root = modules.root();
        runEntry(root, "forward");
        reachedFromForward = log.uses().size();
        for (ModuleNode node : modules.all()) {
            for (FunctionDefinition method : node.source().definition().methods()) {
                if (!reached.contains(new MethodKey(node, method.name()))) {
                    runEntry(node, method.name());
                }
            }
        }
        return this;
    }

    /** What the program does with the tensors that the archive holds. */
    OperationLog log() {
        return log;
    }

    /** The number of operations that {@code forward} reaches, which come first. */
    int reachedFromForward() {
        return reachedFromForward;
    }

    private void runEntry(ModuleNode node, String method) {
        FunctionDefinition definition = node.source().definition().method(method).orElse(null);
        if (definition != null) {
            List<Value> arguments = new ArrayList<>();
            arguments.add(new Value.Module(node));
            log.useElsewhere(List.of(runMethod(node, definition, arguments, Map.of())));
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
            frame.result = frame.returned ? log.join(frame.result, value) : value;
            frame.returned = true;
        } else if (statement instanceof Statement.Branch branch) {
            evaluate(branch.condition(), frame);
            Map<String, Value> before = frame.variables;
            Expression outer = frame.condition;
            frame.variables = new HashMap<>(before);
            frame.condition = branch.condition();
            run(branch.then(), frame);
            Map<String, Value> then = frame.variables;
            frame.variables = new HashMap<>(before);
            frame.condition = null;
            run(branch.otherwise(), frame);
            frame.condition = outer;
            frame.variables = joined(then, frame.variables);
        } else if (statement instanceof Statement.Loop loop) {
            run(loop, frame);
        } else if (statement instanceof Statement.Context context) {
            context.context().forEach(value -> evaluate(value, frame));
            run(context.body(), frame);
        }
    }

    private void run(Statement.Loop loop, Frame frame) {
        log.useElsewhere(List.of(evaluate(loop.control(), frame)));
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
    private Map<String, Value> joined(Map<String, Value> a, Map<String, Value> b) {
        Map<String, Value> both = new HashMap<>(a);
        b.forEach((name, value) -> both.merge(name, value, log::join));
        return both;
    }

    private void assign(List<Expression> targets, Value value, Frame frame) {
        for (int i = 0; i < targets.size(); i++) {
            Value part = targets.size() == 1 ? value : stored.item(value, i);
            if (targets.get(i) instanceof Expression.Name name) {
                frame.variables.put(name.name(), part);
            } else if (targets.get(i) instanceof Expression.Sequence sequence) {
                assign(sequence.items(), part, frame);
            } else {
                log.useElsewhere(List.of(part));
                if (!(targets.get(i) instanceof Expression.Member)) {
                    evaluate(targets.get(i), frame);
                }
            }
        }
    }

    private Value evaluate(Expression expression, Frame frame) {
        if (expression instanceof Expression.Name name) {
            return frame.variables.getOrDefault(name.name(), Value.COMPUTED);
        }
        if (expression instanceof Expression.Literal literal) {
            return new Value.Constant(literal.text());
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
            Integer index = index(element.index(), frame);
            if (index == null) {
                log.useElsewhere(List.of(owner));
                return Value.COMPUTED;
            }
            return stored.item(owner, index);
        }
        if (expression instanceof Expression.Sequence sequence) {
            List<Value> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(evaluate(item, frame)));
            return new Value.Items(items);
        }
        if (expression instanceof Expression.Compound compound) {
            compound.parts().forEach(part -> log.useElsewhere(List.of(evaluate(part, frame))));
        }
        return Value.COMPUTED;
    }

    /** A whole number as it is written, or null if it is anything else. */
    private static @Nullable Integer index(Expression index, Frame frame) {
        boolean negative = frame.file.text().startsWith("-", index.span().from());
        Expression number =
                index instanceof Expression.Compound compound && compound.parts().size() == 1
                        ? compound.parts().get(0)
                        : index;
        if (!(number instanceof Expression.Literal literal)
                || !literal.text().matches("[0-9]{1,9}")) {
            return null;
        }
        int value = Integer.parseInt(literal.text());
        return negative ? -value : value;
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
                ? stored.attribute(module.node(), member.name())
                : Value.COMPUTED;
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
            return stored.attribute(module.node(), unquoted(literal.text()));
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
            log.useElsewhere(keywords.values());
            return torch(dotted.substring(TORCH.length()), call, arguments, frame);
        }
        if (call.function() instanceof Expression.Member member
                && evaluate(member.owner(), frame) instanceof Value.Module module) {
            FunctionDefinition method =
                    module.node().source().definition().method(member.name()).orElse(null);
            if (method == null) {
                log.useElsewhere(arguments);
                log.useElsewhere(keywords.values());
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
        if (dotted == null || !TensorFunctions.isPrimitiveQuery(dotted)) {
            log.useElsewhere(arguments);
            log.useElsewhere(keywords.values());
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
        List<CallPoint> chain = new ArrayList<>(frame.chain);
        chain.add(new CallPoint(frame.file, frame.function, call));
        Operation operation = Operation.of(function, call.arguments());
        if (operation != null) {
            log.add(operation, frame.host, chain, arguments);
            return LAYERS.contains(operation.name())
                    ? new Value.Result(
                            new OperationUse.Key(frame.host, OperationUse.offsets(chain)))
                    : Value.COMPUTED;
        }
        if (function.equals("batch_norm")) {
            log.addNorm(arguments);
        }
        if (Operation.isFused(function)
                && arguments.stream().anyMatch(value -> !Value.origins(value).isEmpty())) {
            boolean switchable = Operation.isWholeLayer(function) && frame.chain.isEmpty();
            Expression condition = switchable ? frame.condition : null;
            if (condition == null) {
                log.useElsewhere(arguments);
            }
            log.addFused(function, frame.host, chain, condition);
            return Value.COMPUTED;
        }
        Value same =
                !arguments.isEmpty() && arguments.get(0) instanceof Value.Stored tensor
                        ? TensorFunctions.sameTensor(
                                function, call, tensor, stored.rank(tensor.origin()))
                        : Value.COMPUTED;
        if (same == Value.COMPUTED && !TensorFunctions.isQuery(function)) {
            log.useElsewhere(arguments);
        }
        if (TensorFunctions.changesList(function)
                && call.arguments().get(0).value() instanceof Expression.Name name) {
            frame.variables.put(name.name(), Value.COMPUTED);
        }
        return same;
    }
}
