package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.CastRule.Cast;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.Expression.Argument;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.code.Span;
import io.github.djlqat.torchscript.code.Statement;
import java.util.HashMap;
import java.util.Map;

/** Casts the operands and results of the products in a method or function. */
final class ProductCasts {

    private static final String TORCH = "torch.";

    private final SourceFile file;
    private final SourceEdits changes;
    private final int origin;
    private final CastFunctions functions;
    private final String type;

    /** The functions that variables stand for, empty for a variable that stands for several. */
    private final Map<String, String> variables = new HashMap<>();

    private boolean found;

    /**
     * Makes a rewriter.
     *
     * @param file the file that the program is in
     * @param changes takes the edits
     * @param origin where the text that is edited begins in the file
     * @param functions the functions that cast
     * @param type the expression of the type in the source
     */
    ProductCasts(
            SourceFile file,
            SourceEdits changes,
            int origin,
            CastFunctions functions,
            String type) {
        this.file = file;
        this.changes = changes;
        this.origin = origin;
        this.functions = functions;
        this.type = type;
    }

    /** Rewrites a method's or function's statements, and returns whether there are products. */
    boolean rewrite(FunctionDefinition function) {
        function.body().forEach(this::findVariables);
        function.body().forEach(this::visit);
        return found;
    }

    private void findVariables(Statement statement) {
        if (statement instanceof Statement.Assignment assignment
                && assignment.targets().size() == 1
                && assignment.targets().get(0) instanceof Expression.Name name) {
            String value = dotted(assignment.value());
            boolean casts = functions.casts(value);
            if (casts || variables.containsKey(name.name())) {
                variables.merge(name.name(), casts ? value : "", (a, b) -> a.equals(b) ? a : "");
            }
        } else if (statement instanceof Statement.Branch branch) {
            branch.then().forEach(this::findVariables);
            branch.otherwise().forEach(this::findVariables);
        } else if (statement instanceof Statement.Loop loop) {
            loop.body().forEach(this::findVariables);
        } else if (statement instanceof Statement.Context context) {
            context.body().forEach(this::findVariables);
        }
    }

    private void visit(Statement statement) {
        if (statement instanceof Statement.Assignment assignment) {
            visit(assignment.value());
        } else if (statement instanceof Statement.Evaluation evaluation) {
            visit(evaluation.value());
        } else if (statement instanceof Statement.Branch branch) {
            visit(branch.condition());
            if (branch.then().stream().anyMatch(ProductCasts::isWholeLayer)) {
                found = true;
                insert(branch.condition().span().from(), "torch.__and__(");
                insert(branch.condition().span().to(), ", torch.eq(" + type + ", 6))");
            }
            branch.then().forEach(this::visit);
            branch.otherwise().forEach(this::visit);
        } else if (statement instanceof Statement.Loop loop) {
            visit(loop.control());
            loop.body().forEach(this::visit);
        } else if (statement instanceof Statement.Context context) {
            context.body().forEach(this::visit);
        } else if (statement instanceof Statement.Return result && result.value() != null) {
            visit(result.value());
        }
    }

    /** Whether a whole layer is computed at once, for which the other branch has the steps. */
    private static boolean isWholeLayer(Statement statement) {
        return statement instanceof Statement.Assignment assignment
                && assignment.value() instanceof Expression.Call call
                && Operation.isWholeLayer(torch(call.function()));
    }

    private void visit(Expression expression) {
        if (expression instanceof Expression.Call call) {
            visitCall(call);
        } else if (expression instanceof Expression.Member member) {
            visit(member.owner());
        } else if (expression instanceof Expression.Element element) {
            visit(element.owner());
            visit(element.index());
        } else if (expression instanceof Expression.Sequence sequence) {
            sequence.items().forEach(this::visit);
        } else if (expression instanceof Expression.Compound compound) {
            compound.parts().forEach(this::visit);
        }
    }

    private void visitCall(Expression.Call call) {
        String function = dotted(call.function());
        function = variables.getOrDefault(function, function);
        if (functions.casts(function)) {
            found = true;
            Span span = call.function().span();
            changes.replace(moved(span), functions.copyName(function));
            insert(file.text().indexOf('(', span.to()) + 1, type + ", ");
            call.arguments().forEach(argument -> visit(argument.value()));
            return;
        }
        // What is written into a tensor of the program's keeps that tensor's type.
        boolean written = call.arguments().stream().anyMatch(a -> "out".equals(a.keyword()));
        CastRule rule = written ? null : CastRule.of(torch(call.function()), call.arguments());
        if (rule == null) {
            visit(call.function());
            call.arguments().forEach(argument -> visit(argument.value()));
            return;
        }
        found = true;
        open(call.span(), rule.result());
        for (int i = 0; i < call.arguments().size(); i++) {
            Argument argument = call.arguments().get(i);
            Cast cast = cast(rule, i, argument);
            Span span = argument.value().span();
            if (cast != Cast.NONE) {
                open(span, cast.function());
            }
            visit(argument.value());
            if (cast != Cast.NONE) {
                close(span);
            }
        }
        close(call.span());
    }

    private static Cast cast(CastRule rule, int position, Argument argument) {
        if (argument.keyword() != null) {
            return argument.keyword().equals("bias") ? Cast.OPTIONAL : Cast.NONE;
        }
        return position < rule.operands().size() ? rule.operands().get(position) : Cast.NONE;
    }

    private void open(Span span, String function) {
        insert(span.from(), CastFunctions.NAMESPACE + '.' + function + '(');
    }

    private void close(Span span) {
        insert(span.to(), ", " + type + ')');
    }

    private void insert(int offset, String text) {
        changes.insert(offset - origin, text);
    }

    private Span moved(Span span) {
        return new Span(span.from() - origin, span.to() - origin);
    }

    /** The name of a function of {@code torch}, or nothing. */
    static String torch(Expression function) {
        String dotted = dotted(function);
        return dotted.startsWith(TORCH) ? dotted.substring(TORCH.length()) : "";
    }

    /** The dotted name that an expression is, or nothing. */
    static String dotted(Expression expression) {
        if (expression instanceof Expression.Name name) {
            return name.name();
        }
        if (expression instanceof Expression.Member member) {
            String owner = dotted(member.owner());
            return owner.isEmpty() ? "" : owner + '.' + member.name();
        }
        return "";
    }
}
