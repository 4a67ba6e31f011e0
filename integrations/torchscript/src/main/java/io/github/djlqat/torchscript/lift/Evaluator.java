package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.code.Span;
import io.github.djlqat.torchscript.code.Statement;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a program, once. */
final class Evaluator {

    private final LiftedProgram program;
    private final ParameterStore store;
    private final NDManager manager;
    private final boolean training;
    private final Budget budget;
    private final Expressions expressions;
    private final Map<Parameter, Tensor> held = new HashMap<>();

    /** A function as it runs. */
    static final class Frame {
        private final SourceFile file;
        private final String function;
        private final @Nullable Module host;
        private final Map<String, @Nullable Object> variables = new HashMap<>();
        private @Nullable Object result;
        private boolean returned;

        Frame(SourceFile file, String function, @Nullable Module host) {
            this.file = file;
            this.function = function;
            this.host = host;
        }

        String text(Span span) {
            return file.text(span);
        }

        boolean has(String name) {
            return variables.containsKey(name);
        }

        @Nullable Object get(String name) {
            return variables.get(name);
        }

        /** Adds the place to a failure that has none yet. */
        TorchScriptException located(Span span, RuntimeException cause) {
            if (cause instanceof Located located) {
                return located;
            }
            String module = host == null ? "" : " of " + host;
            String text = file.text(span).replaceAll("\\s+", " ");
            return new Located(
                    file.path()
                            + ':'
                            + file.line(span.from())
                            + ": "
                            + function
                            + module
                            + " cannot run "
                            + (text.length() > 160 ? text.substring(0, 160) + "..." : text)
                            + ": "
                            + message(cause),
                    cause);
        }

        private static String message(RuntimeException cause) {
            String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            return message.endsWith(".") ? message : message + '.';
        }
    }

    Evaluator(
            LiftedProgram program,
            ParameterStore store,
            NDManager manager,
            boolean training,
            Budget budget) {
        this.program = program;
        this.store = store;
        this.manager = manager;
        this.training = training;
        this.budget = budget;
        expressions = new Expressions(this);
    }

    /** Runs {@code forward} of the root. */
    @Nullable Object forward(NDList inputs) {
        Module root = program.root();
        FunctionDefinition forward =
                root.source()
                        .definition()
                        .method("forward")
                        .orElseThrow(
                                () ->
                                        new TorchScriptException(
                                                "The model "
                                                        + program.name()
                                                        + " has no method forward."));
        List<@Nullable Object> arguments = new ArrayList<>();
        inputs.forEach(input -> arguments.add(Tensor.of(input)));
        return call(new Callable(root.source().file(), forward, root), arguments, Map.of());
    }

    LiftedProgram program() {
        return program;
    }

    NDManager manager() {
        return manager;
    }

    boolean training() {
        return training;
    }

    Budget budget() {
        return budget;
    }

    /** Returns the value that the store has of a parameter. */
    Tensor held(Parameter parameter) {
        return held.computeIfAbsent(
                parameter,
                p -> {
                    NDArray value = store.getValue(p, manager.getDevice(), training);
                    // What counts the batches is not used by the next one.
                    boolean counter =
                            value.getShape().isScalar() && value.getDataType().isInteger();
                    return counter ? Tensor.of(value) : Tensor.held(value, program.name(p));
                });
    }

    @Nullable Object call(
            Callable callable,
            List<@Nullable Object> arguments,
            Map<String, @Nullable Object> keywords) {
        FunctionDefinition function = callable.function();
        Module host = callable.host();
        String name =
                host == null
                        ? function.name()
                        : host.source().definition().name() + '.' + function.name();
        Frame frame = new Frame(callable.file(), name, host);
        int at = 0;
        List<FunctionDefinition.Parameter> parameters = function.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            FunctionDefinition.Parameter parameter = parameters.get(i);
            if (i == 0 && host != null) {
                frame.variables.put(parameter.name(), host);
            } else if (at < arguments.size()) {
                frame.variables.put(parameter.name(), arguments.get(at++));
            } else if (keywords.containsKey(parameter.name())) {
                frame.variables.put(parameter.name(), keywords.get(parameter.name()));
            } else if (parameter.defaultValue() != null) {
                frame.variables.put(
                        parameter.name(), expressions.evaluate(parameter.defaultValue(), frame));
            } else {
                throw new TorchScriptException(
                        name
                                + " is given "
                                + arguments.size()
                                + " arguments and not "
                                + parameter.name()
                                + "; legal are "
                                + parameters.stream()
                                        .skip(host == null ? 0 : 1)
                                        .map(FunctionDefinition.Parameter::name)
                                        .toList());
            }
        }
        if (at < arguments.size()) {
            throw new TorchScriptException(
                    name + " is given " + arguments.size() + " arguments; it takes at most " + at);
        }
        budget.enter();
        run(function.body(), frame);
        budget.leave();
        return frame.result;
    }

    private void run(List<Statement> statements, Frame frame) {
        for (Statement statement : statements) {
            if (frame.returned) {
                return;
            }
            budget.step();
            run(statement, frame);
        }
    }

    private void run(Statement statement, Frame frame) {
        if (statement instanceof Statement.Assignment assignment) {
            Object value = expressions.evaluate(assignment.value(), frame);
            assign(assignment, value, frame);
        } else if (statement instanceof Statement.Evaluation evaluation) {
            expressions.evaluate(evaluation.value(), frame);
        } else if (statement instanceof Statement.Return returned) {
            frame.result =
                    returned.value() == null ? null : expressions.evaluate(returned.value(), frame);
            frame.returned = true;
        } else if (statement instanceof Statement.Branch branch) {
            boolean holds = expressions.condition(branch.condition(), frame);
            nested(holds ? branch.then() : branch.otherwise(), frame);
        } else if (statement instanceof Statement.Loop loop) {
            loop(loop, frame);
        } else if (statement instanceof Statement.Context context) {
            enter(context, frame);
        } else if (!(statement instanceof Statement.Pass)) {
            throw new TorchScriptException(
                    frame.file.path()
                            + ": "
                            + frame.function
                            + " breaks off a loop or defines a function, which is not lifted.");
        }
    }

    private void nested(List<Statement> statements, Frame frame) {
        budget.enter();
        run(statements, frame);
        budget.leave();
    }

    private void loop(Statement.Loop loop, Frame frame) {
        if (loop.targets().isEmpty()) {
            while (!frame.returned && expressions.condition(loop.control(), frame)) {
                budget.step();
                nested(loop.body(), frame);
            }
            return;
        }
        Object control = expressions.evaluate(loop.control(), frame);
        if (control instanceof Range range) {
            for (long i = range.from(); range.holds(i) && !frame.returned; i += range.step()) {
                budget.step();
                assign(loop.targets(), i, loop.control().span(), frame);
                nested(loop.body(), frame);
            }
            return;
        }
        List<@Nullable Object> items = expressions.items(control, loop.control().span(), frame);
        for (Object item : new ArrayList<>(items)) {
            budget.step();
            assign(loop.targets(), item, loop.control().span(), frame);
            nested(loop.body(), frame);
        }
    }

    /** Contexts that change gradients alone leave the values as they are. */
    private void enter(Statement.Context context, Frame frame) {
        for (Expression expression : context.context()) {
            String text = frame.file.text(expression.span());
            if (!text.matches("(?s).*(no_grad|set_grad|enable_grad|inference_mode|_[0-9]*$).*")) {
                throw frame.located(
                        expression.span(),
                        new TorchScriptException("legal are contexts that change gradients alone"));
            }
        }
        nested(context.body(), frame);
    }

    private void assign(Statement.Assignment assignment, @Nullable Object value, Frame frame) {
        assign(assignment.targets(), value, assignment.value().span(), frame);
    }

    private void assign(List<Expression> targets, @Nullable Object value, Span span, Frame frame) {
        if (targets.size() == 1) {
            assign(targets.get(0), value, span, frame);
        } else {
            unpack(targets, value, span, frame);
        }
    }

    private void unpack(List<Expression> targets, @Nullable Object value, Span span, Frame frame) {
        List<@Nullable Object> items = expressions.items(value, span, frame);
        if (items.size() != targets.size()) {
            throw frame.located(
                    span,
                    new TorchScriptException(
                            "its "
                                    + items.size()
                                    + " values are taken apart into "
                                    + targets.size()));
        }
        for (int i = 0; i < targets.size(); i++) {
            assign(targets.get(i), items.get(i), span, frame);
        }
    }

    private void assign(Expression target, @Nullable Object value, Span span, Frame frame) {
        if (target instanceof Expression.Name name) {
            frame.variables.put(name.name(), value);
        } else if (target instanceof Expression.Sequence sequence) {
            unpack(sequence.items(), value, span, frame);
        } else if (target instanceof Expression.Element element) {
            expressions.setItem(element, value, frame);
        } else {
            throw frame.located(
                    target.span(),
                    new TorchScriptException(
                            "the model would keep a value for the next run, which a block does not"));
        }
    }
}
