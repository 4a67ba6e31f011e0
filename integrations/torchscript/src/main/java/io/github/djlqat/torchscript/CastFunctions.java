package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.FunctionSource;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.Span;
import io.github.djlqat.torchscript.code.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies of a program's functions that multiply, which take the type to multiply in. */
final class CastFunctions {

    /** What the casts' own functions are qualified with. */
    static final String NAMESPACE = "__torch__.djlqat_autocast";

    /** What the copies are qualified with. */
    static final String COPIES = NAMESPACE + ".functions";

    private static final String PRODUCT = "*";
    private static final String TYPE = "djlqat_type";

    private final Map<String, FunctionSource> casting = new LinkedHashMap<>();

    /** Finds the functions that multiply, themselves or through others. */
    CastFunctions(Program program) {
        Map<String, Set<String>> names = new HashMap<>();
        for (FunctionSource function : program.functions()) {
            Set<String> mentioned = new HashSet<>();
            collectNames(function.definition().body(), mentioned);
            names.put(function.qualifiedName(), mentioned);
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (FunctionSource function : program.functions()) {
                Set<String> mentioned = names.getOrDefault(function.qualifiedName(), Set.of());
                if (!casting.containsKey(function.qualifiedName())
                        && (mentioned.contains(PRODUCT)
                                || mentioned.stream().anyMatch(casting::containsKey))) {
                    casting.put(function.qualifiedName(), function);
                    changed = true;
                }
            }
        }
    }

    /** Whether there is a copy of a function. */
    boolean casts(String qualifiedName) {
        return casting.containsKey(qualifiedName);
    }

    String copyName(String qualifiedName) {
        return COPIES + '.' + qualifiedName.replaceAll("[^A-Za-z0-9_]", "_");
    }

    boolean isEmpty() {
        return casting.isEmpty();
    }

    /** The source of the copies. */
    String source() {
        StringBuilder text = new StringBuilder();
        casting.values().forEach(function -> text.append(copy(function)));
        return text.toString();
    }

    private String copy(FunctionSource source) {
        FunctionDefinition definition = source.definition();
        int origin = definition.span().from();
        SourceEdits changes = new SourceEdits();
        int name =
                source.file().text().indexOf(definition.name(), origin + "def".length()) - origin;
        String copyName = copyName(source.qualifiedName());
        changes.replace(
                new Span(name, name + definition.name().length()),
                copyName.substring(copyName.lastIndexOf('.') + 1));
        changes.insert(definition.parametersFrom() - origin, TYPE + ": int,\n    ");
        new ProductCasts(source.file(), changes, origin, this, TYPE).rewrite(definition);
        String copied = changes.apply(source.file().text(definition.span()));
        return copied.endsWith("\n") ? copied : copied + "\n";
    }

    /** The names that a function's source mentions: what it calls, and what it may call. */
    private static void collectNames(List<Statement> body, Set<String> names) {
        for (Statement statement : body) {
            if (statement instanceof Statement.Assignment assignment) {
                collect(assignment.value(), names);
            } else if (statement instanceof Statement.Evaluation evaluation) {
                collect(evaluation.value(), names);
            } else if (statement instanceof Statement.Branch branch) {
                collect(branch.condition(), names);
                collectNames(branch.then(), names);
                collectNames(branch.otherwise(), names);
            } else if (statement instanceof Statement.Loop loop) {
                collect(loop.control(), names);
                collectNames(loop.body(), names);
            } else if (statement instanceof Statement.Context context) {
                collectNames(context.body(), names);
            } else if (statement instanceof Statement.Return result && result.value() != null) {
                collect(result.value(), names);
            }
        }
    }

    private static void collect(Expression expression, Set<String> names) {
        names.add(ProductCasts.dotted(expression));
        if (expression instanceof Expression.Call call) {
            if (CastRule.of(ProductCasts.torch(call.function()), call.arguments()) != null) {
                names.add(PRODUCT);
            }
            collect(call.function(), names);
            call.arguments().forEach(argument -> collect(argument.value(), names));
        } else if (expression instanceof Expression.Element element) {
            collect(element.owner(), names);
            collect(element.index(), names);
        } else if (expression instanceof Expression.Sequence sequence) {
            sequence.items().forEach(item -> collect(item, names));
        } else if (expression instanceof Expression.Compound compound) {
            compound.parts().forEach(part -> collect(part, names));
        }
    }
}
