package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.OperationUse.CallPoint;
import io.github.djlqat.torchscript.code.ClassDefinition;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.code.Program.FunctionSource;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.code.Span;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes quantizers into the source of a program.
 *
 * <p>A class declares its quantizers, and its methods pass operands through them. A function has no
 * attributes: it is copied, and the copy takes its quantizers as parameters.
 */
final class SourceRewriter {

    /** The class of quantizers, and of what controls them. */
    static final String NAMESPACE = "__torch__.djlqat";

    private static final String FUNCTIONS = NAMESPACE + ".functions";
    private static final String QUANTIZER = NAMESPACE + ".FakeQuantize";

    private final Program program;
    private final RewritePlan plan;
    private final ModuleReferences references;
    private final Map<SourceFile, SourceEdits> edits = new LinkedHashMap<>();

    SourceRewriter(Program program, RewritePlan plan, ModuleReferences references) {
        this.program = program;
        this.plan = plan;
        this.references = references;
    }

    /** Returns the new text of each file that changes, by its path. */
    Map<String, String> rewrite(ModuleTree modules) {
        plan.attributes()
                .forEach(
                        (name, sites) -> {
                            ClassSource source = program.findClass(name);
                            if (source != null && !sites.isEmpty()) {
                                rewrite(source, sites);
                            }
                        });
        plan.fusedPaths().all().forEach(this::switchOff);
        control(modules.root().source());
        Map<String, String> files = new LinkedHashMap<>();
        edits.forEach((file, changes) -> files.put(file.path(), changes.apply(file.text())));
        if (!plan.functions().isEmpty()) {
            files.put(path(FUNCTIONS), functions());
        }
        return files;
    }

    static String path(String qualifier) {
        return qualifier.replace('.', '/') + ".py";
    }

    private SourceEdits edits(SourceFile file) {
        return edits.computeIfAbsent(file, f -> new SourceEdits());
    }

    private void rewrite(ClassSource source, Map<Site, String> sites) {
        ClassDefinition definition = source.definition();
        StringBuilder declarations = new StringBuilder();
        for (String attribute : Set.copyOf(sites.values()).stream().sorted().toList()) {
            declarations
                    .append(indent(source))
                    .append(attribute)
                    .append(" : ")
                    .append(QUANTIZER)
                    .append('\n');
        }
        edits(source.file()).insert(definition.declarationsEnd(), declarations.toString());
        for (Map.Entry<String, List<Site>> call : byCall(sites.keySet()).entrySet()) {
            CallPoint point = point(call.getKey());
            String self = self(definition, point.call().span().from());
            rewrite(
                    edits(source.file()),
                    0,
                    point,
                    call.getValue(),
                    site -> self + '.' + sites.get(site));
        }
    }

    private void switchOff(String name, FusedPaths.Switched switched) {
        ClassSource source = program.findClass(name);
        if (source == null) {
            return;
        }
        SourceEdits changes = edits(source.file());
        changes.insert(
                source.definition().declarationsEnd(),
                indent(source) + switched.attribute() + " : " + QUANTIZER + '\n');
        for (Span condition : switched.conditions()) {
            String self = self(source.definition(), condition.from());
            changes.insert(condition.from(), "torch.__and__(");
            changes.insert(
                    condition.to(),
                    ", torch.eq((" + self + '.' + switched.attribute() + ").mode, 0))");
        }
    }

    private CallPoint point(String call) {
        CallPoint point = plan.points().get(call);
        if (point == null) {
            throw new IllegalStateException("The call at " + call + " is not known.");
        }
        return point;
    }

    private static Map<String, List<Site>> byCall(Set<Site> sites) {
        Map<String, List<Site>> byCall = new TreeMap<>();
        for (Site site : sites) {
            byCall.computeIfAbsent(site.chain().get(0), c -> new ArrayList<>()).add(site);
        }
        return byCall;
    }

    private static String self(ClassDefinition definition, int offset) {
        for (FunctionDefinition method : definition.methods()) {
            if (method.span().from() <= offset && offset < method.span().to()) {
                return method.parameters().get(0).name();
            }
        }
        throw new IllegalStateException(
                "Offset " + offset + " is in no method of " + definition.name() + ".");
    }

    private static String indent(ClassSource source) {
        String text = source.file().text();
        int from =
                source.definition().methods().isEmpty()
                        ? -1
                        : source.definition().methods().get(0).span().from();
        return from < 0 ? "  " : text.substring(text.lastIndexOf('\n', from) + 1, from);
    }

    /** Changes one call: an operation's operands, or the function and its arguments. */
    private void rewrite(
            SourceEdits changes,
            int origin,
            CallPoint point,
            List<Site> sites,
            Function<Site, String> quantizers) {
        if (sites.get(0).isDirect()) {
            Map<Integer, Map<Integer, String>> operands = new TreeMap<>();
            for (Site site : sites) {
                operands.computeIfAbsent(site.argument(), a -> new TreeMap<>())
                        .put(site.item(), quantizers.apply(site));
            }
            int size = sites.stream().mapToInt(Site::listSize).max().orElse(0);
            operands.forEach(
                    (argument, items) -> wrap(changes, origin, point, argument, items, size));
            return;
        }
        String call = sites.get(0).chain().get(0);
        String callee = String.valueOf(plan.callees().get(call));
        Span function = moved(point.call().function().span(), origin);
        changes.replace(function, copyName(callee));
        StringBuilder arguments = new StringBuilder();
        for (Site site : plan.functions().getOrDefault(callee, Set.of())) {
            arguments.append(quantizers.apply(site.through(call))).append(", ");
        }
        // The arguments begin behind the parenthesis that follows the function.
        int open = point.file().text().indexOf('(', point.call().function().span().to()) - origin;
        changes.insert(open + 1, arguments.toString());
    }

    private static void wrap(
            SourceEdits changes,
            int origin,
            CallPoint point,
            int argument,
            Map<Integer, String> items,
            int size) {
        Expression value = point.call().arguments().get(argument).value();
        String whole = items.get(-1);
        if (whole != null) {
            wrap(changes, moved(value.span(), origin), whole);
        } else if (value instanceof Expression.Sequence list) {
            items.forEach(
                    (item, quantizer) ->
                            wrap(changes, moved(list.items().get(item).span(), origin), quantizer));
        } else {
            wrapItems(changes, origin, point, value, items, size);
        }
    }

    private static void wrap(SourceEdits changes, Span span, String quantizer) {
        changes.insert(span.from(), "(" + quantizer + ").forward(");
        changes.insert(span.to(), ", )");
    }

    /** Makes a list literal of a variable's items. */
    private static void wrapItems(
            SourceEdits changes,
            int origin,
            CallPoint point,
            Expression value,
            Map<Integer, String> items,
            int size) {
        if (!(value instanceof Expression.Name name)) {
            throw new TorchScriptException(
                    point.describe()
                            + ": the list "
                            + point.file().text(value.span())
                            + " is neither written here nor a variable, so that its items cannot be quantized;"
                            + " legal is a rule that excludes the layer.");
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String item = "(" + name.name() + ")[" + i + "]";
            String quantizer = items.get(i);
            parts.add(quantizer == null ? item : "(" + quantizer + ").forward(" + item + ", )");
        }
        changes.replace(moved(value.span(), origin), "[" + String.join(", ", parts) + "]");
    }

    private static Span moved(Span span, int origin) {
        return new Span(span.from() - origin, span.to() - origin);
    }

    private String functions() {
        StringBuilder text = new StringBuilder();
        plan.functions()
                .forEach(
                        (name, sites) -> {
                            FunctionSource source = program.findFunction(name);
                            if (source != null) {
                                text.append(copy(source, List.copyOf(sites)));
                            }
                        });
        return text.toString();
    }

    private String copy(FunctionSource source, List<Site> sites) {
        FunctionDefinition definition = source.definition();
        int origin = definition.span().from();
        SourceEdits changes = new SourceEdits();
        String text = source.file().text();
        int name = text.indexOf(definition.name(), origin + "def".length());
        String copyName = copyName(source.qualifiedName());
        changes.replace(
                moved(new Span(name, name + definition.name().length()), origin),
                copyName.substring(copyName.lastIndexOf('.') + 1));
        StringBuilder parameters = new StringBuilder();
        for (int i = 0; i < sites.size(); i++) {
            parameters
                    .append("quantizer_")
                    .append(i)
                    .append(": ")
                    .append(QUANTIZER)
                    .append(",\n    ");
        }
        changes.insert(definition.parametersFrom() - origin, parameters.toString());
        for (Map.Entry<String, List<Site>> call : byCall(Set.copyOf(sites)).entrySet()) {
            rewrite(
                    changes,
                    origin,
                    point(call.getKey()),
                    call.getValue(),
                    site -> "quantizer_" + sites.indexOf(site));
        }
        String copied = changes.apply(source.file().text(definition.span()));
        return copied.endsWith("\n") ? copied : copied + "\n";
    }

    private static String copyName(String function) {
        return FUNCTIONS + '.' + function.replaceAll("[^A-Za-z0-9_]", "_");
    }

    /** Adds methods to the root that reach all quantizers. */
    private void control(ClassSource root) {
        String indent = indent(root);
        String methods = ControlMethods.of(root, indent, plan.placed(), references);
        SourceEdits changes = edits(root.file());
        if (!references.isEmpty()) {
            changes.insert(
                    root.definition().declarationsEnd(), indent + references.declaration() + '\n');
        }
        int end = root.definition().span().to();
        boolean open = end > 0 && root.file().text().charAt(end - 1) != '\n';
        changes.insert(end, (open ? "\n" : "") + methods);
    }
}
