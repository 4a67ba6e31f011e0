package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.Statement;
import java.util.List;

/** Casts the operands and results of the products in a method. */
final class ProductCasts {

    private final SourceEdits changes;
    private final String functions;
    private final String type;
    private boolean found;

    /**
     * Makes a rewriter.
     *
     * @param changes takes the edits
     * @param functions the qualifier of the functions that cast
     * @param type the expression of the type in the source
     */
    ProductCasts(SourceEdits changes, String functions, String type) {
        this.changes = changes;
        this.functions = functions;
        this.type = type;
    }

    /** Rewrites a method's statements, and returns whether there are products. */
    boolean rewrite(List<Statement> body) {
        body.forEach(this::visit);
        return found;
    }

    private void visit(Statement statement) {
        if (statement instanceof Statement.Assignment assignment) {
            visit(assignment.value());
        } else if (statement instanceof Statement.Evaluation evaluation) {
            visit(evaluation.value());
        } else if (statement instanceof Statement.Branch branch) {
            visit(branch.condition());
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
        // What is written into a tensor of the program's keeps that tensor's type.
        boolean written = call.arguments().stream().anyMatch(a -> "out".equals(a.keyword()));
        int operands = written ? 0 : operands(call.function());
        boolean bias = operands == 2 && takesBias(call.function());
        if (operands == 0) {
            visit(call.function());
        } else {
            found = true;
            open(call, "result");
        }
        for (int i = 0; i < call.arguments().size(); i++) {
            Expression.Argument argument = call.arguments().get(i);
            boolean optional = bias && (i == 2 || "bias".equals(argument.keyword()));
            boolean cast = optional || (i < operands && argument.keyword() == null);
            if (cast) {
                open(argument.value(), optional ? "optional_operand" : "operand");
            }
            visit(argument.value());
            if (cast) {
                close(argument.value());
            }
        }
        if (operands > 0) {
            close(call);
        }
    }

    private void open(Expression value, String function) {
        changes.insert(value.span().from(), functions + '.' + function + '(');
    }

    private void close(Expression value) {
        changes.insert(value.span().to(), ", " + type + ')');
    }

    private static String name(Expression function) {
        return function instanceof Expression.Member member
                        && member.owner() instanceof Expression.Name owner
                        && owner.name().equals("torch")
                ? member.name()
                : "";
    }

    /** The number of leading arguments that are tensors to cast, without an optional bias. */
    private static int operands(Expression function) {
        return switch (name(function)) {
            case "addmm", "baddbmm", "addmv", "addbmm" -> 3;
            case "matmul", "mm", "bmm", "mv" -> 2;
            default -> takesBias(function) ? 2 : 0;
        };
    }

    private static boolean takesBias(Expression function) {
        return switch (name(function)) {
            case "conv1d", "conv2d", "conv3d" -> true;
            case "conv_transpose1d", "conv_transpose2d", "conv_transpose3d" -> true;
            case "_convolution", "convolution", "_convolution_mode", "linear" -> true;
            default -> false;
        };
    }
}
