package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.code.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The attributes that a program assigns to when it runs, so that their first values do not last.
 */
final class AssignedAttributes {

    /** Runs when a model is loaded. */
    private static final String RESTORE = "__setstate__";

    private final Map<String, Set<String>> ofClasses = new HashMap<>();
    private final Set<String> ofOthers = new HashSet<>();

    AssignedAttributes(Iterable<ClassSource> classes) {
        for (ClassSource source : classes) {
            for (FunctionDefinition method : source.definition().methods()) {
                if (!method.name().equals(RESTORE) && !method.parameters().isEmpty()) {
                    add(method.body(), source.qualifiedName(), method.parameters().get(0).name());
                }
            }
        }
    }

    /** Whether an attribute of a class is assigned to. */
    boolean contains(String className, String attribute) {
        return ofOthers.contains(attribute)
                || ofClasses.getOrDefault(className, Set.of()).contains(attribute);
    }

    private void add(List<Statement> body, String className, String self) {
        for (Statement statement : body) {
            if (statement instanceof Statement.Assignment assignment) {
                addTargets(assignment.targets(), className, self);
            } else if (statement instanceof Statement.Branch branch) {
                add(branch.then(), className, self);
                add(branch.otherwise(), className, self);
            } else if (statement instanceof Statement.Loop loop) {
                add(loop.body(), className, self);
            } else if (statement instanceof Statement.Context context) {
                add(context.body(), className, self);
            }
        }
    }

    private void addTargets(List<Expression> targets, String className, String self) {
        for (Expression target : targets) {
            if (target instanceof Expression.Sequence sequence) {
                addTargets(sequence.items(), className, self);
            } else if (target instanceof Expression.Member member) {
                boolean own = member.owner() instanceof Expression.Name n && n.name().equals(self);
                (own ? ofClasses.computeIfAbsent(className, c -> new HashSet<>()) : ofOthers)
                        .add(member.name());
            }
        }
    }
}
