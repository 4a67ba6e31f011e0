package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts casts around the products in an archive's methods. */
final class AutocastPreparer {

    private static final String NAMESPACE = CastFunctions.NAMESPACE;
    private static final String FILE = Program.FOLDER + SourceRewriter.path(NAMESPACE);

    /** The method of the root that sets the type. */
    static final String CONTROL = "autocast_type";

    private final Map<SourceFile, SourceEdits> edits = new LinkedHashMap<>();
    private final ModuleReferences references = new ModuleReferences(NAMESPACE);
    private final CastFunctions functions;
    private final String attribute;

    private AutocastPreparer(CastFunctions functions, String attribute) {
        this.functions = functions;
        this.attribute = attribute;
    }

    static TorchScriptArchive prepare(TorchScriptArchive archive) {
        if (archive.contains(FILE)) {
            throw new TorchScriptException(
                    "The model has casts already (" + FILE + "); prepare the one it came from.");
        }
        Program program = Program.of(archive);
        return new AutocastPreparer(new CastFunctions(program), free(program))
                .rewrite(archive, program);
    }

    /** A name that no class has. */
    private static String free(Program program) {
        Set<String> taken = new HashSet<>();
        for (ClassSource source : program.classes()) {
            taken.addAll(source.definition().attributes().keySet());
            source.definition().methods().forEach(method -> taken.add(method.name()));
        }
        String name = "djlqat_autocast";
        for (int i = 1; taken.contains(name); i++) {
            name = "djlqat_autocast_" + i;
        }
        return name;
    }

    private TorchScriptArchive rewrite(TorchScriptArchive archive, Program program) {
        ModuleTree modules = ModuleTree.of(program, archive.data());
        Set<String> seen = new HashSet<>();
        Set<String> casting = new HashSet<>();
        Map<ObjectValue, ObjectValue> extended = new IdentityHashMap<>();
        StringBuilder setters = new StringBuilder();
        for (ModuleNode node : modules.all()) {
            String name = node.source().qualifiedName();
            if (seen.add(name) && rewrite(node.source())) {
                casting.add(name);
            }
            if (casting.contains(name)) {
                extended.put(
                        node.object(),
                        node.object()
                                .withAttribute(
                                        attribute,
                                        new IntegerValue(AutocastType.FLOAT32.number())));
                setters.append(setter(node, extended.size()));
            }
        }
        if (extended.isEmpty()) {
            throw new TorchScriptException(
                    "No method of the model's modules multiplies, so that there is nothing to cast.");
        }
        control(modules.root().source(), setters);
        TorchScriptArchive result = archive;
        for (Map.Entry<SourceFile, SourceEdits> edit : edits.entrySet()) {
            result =
                    result.with(
                            Program.FOLDER + edit.getKey().path(),
                            edit.getValue()
                                    .apply(edit.getKey().text())
                                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        if (!functions.isEmpty()) {
            result =
                    result.with(
                            Program.FOLDER + SourceRewriter.path(CastFunctions.COPIES),
                            functions.source().getBytes(StandardCharsets.ISO_8859_1));
        }
        String support = source();
        if (!references.isEmpty()) {
            support += references.source();
            ObjectValue root = modules.root().object();
            extended.put(
                    root,
                    extended.getOrDefault(root, root)
                            .withAttribute(ModuleReferences.ATTRIBUTE, references.object()));
        }
        ObjectValue data =
                (ObjectValue) new ArchivePreparer.Replacement(extended).of(modules.root().object());
        return result.with(FILE, support).withData(data);
    }

    private boolean rewrite(ClassSource source) {
        SourceEdits changes = edits.computeIfAbsent(source.file(), f -> new SourceEdits());
        boolean casts = false;
        for (FunctionDefinition method : source.definition().methods()) {
            if (!method.parameters().isEmpty()) {
                String type = method.parameters().get(0).name() + '.' + attribute;
                casts |=
                        new ProductCasts(source.file(), changes, 0, functions, type)
                                .rewrite(method);
            }
        }
        if (casts) {
            changes.insert(source.definition().declarationsEnd(), "  " + attribute + " : int\n");
        }
        return casts;
    }

    private String setter(ModuleNode node, int number) {
        String variable = "module_" + number;
        return "    "
                + variable
                + " = "
                + references.module(node)
                + "\n    "
                + variable
                + '.'
                + attribute
                + " = number\n";
    }

    private void control(ClassSource root, StringBuilder setters) {
        ControlMethods.requireFree(root, List.of(CONTROL));
        int end = root.definition().span().to();
        boolean open = end > 0 && root.file().text().charAt(end - 1) != '\n';
        String method =
                "  def "
                        + CONTROL
                        + "(self: "
                        + root.qualifiedName()
                        + ",\n    type: Tensor) -> Tensor:\n    number = int(type)\n"
                        + setters
                        + "    return type\n";
        SourceEdits changes = edits.computeIfAbsent(root.file(), f -> new SourceEdits());
        if (!references.isEmpty()) {
            changes.insert(
                    root.definition().declarationsEnd(), "  " + references.declaration() + '\n');
        }
        changes.insert(end, (open ? "\n" : "") + method);
    }

    private static String source() {
        try (InputStream in = AutocastPreparer.class.getResourceAsStream("autocast.py")) {
            if (in == null) {
                throw new IllegalStateException("The resource autocast.py is missing.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
