package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.code.SourceEdits;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Puts casts around the products in an archive's methods. */
final class AutocastPreparer {

    private static final String NAMESPACE = "__torch__.djlqat_autocast";
    private static final String ATTRIBUTE = "djlqat_autocast";

    private final Map<SourceFile, SourceEdits> edits = new LinkedHashMap<>();

    private AutocastPreparer() {}

    static TorchScriptArchive prepare(TorchScriptArchive archive) {
        return new AutocastPreparer().rewrite(archive);
    }

    private TorchScriptArchive rewrite(TorchScriptArchive archive) {
        String file = Program.FOLDER + SourceRewriter.path(NAMESPACE);
        if (archive.contains(file)) {
            throw new TorchScriptException(
                    "The model has casts already (" + file + "); prepare the one it came from.");
        }
        Program program = Program.of(archive);
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
                                        ATTRIBUTE,
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
        ObjectValue data =
                (ObjectValue) new ArchivePreparer.Replacement(extended).of(modules.root().object());
        return result.with(file, source()).withData(data);
    }

    private boolean rewrite(ClassSource source) {
        SourceEdits changes = edits.computeIfAbsent(source.file(), f -> new SourceEdits());
        boolean casts = false;
        for (FunctionDefinition method : source.definition().methods()) {
            if (!method.parameters().isEmpty()) {
                String type = method.parameters().get(0).name() + '.' + ATTRIBUTE;
                casts |= new ProductCasts(changes, NAMESPACE, type).rewrite(method.body());
            }
        }
        if (casts) {
            changes.insert(source.definition().declarationsEnd(), "  " + ATTRIBUTE + " : int\n");
        }
        return casts;
    }

    private static String setter(ModuleNode node, int number) {
        String module = "self";
        for (String name : node.path()) {
            module = "getattr(" + module + ", \"" + name + "\")";
        }
        String variable = "module_" + number;
        return "    "
                + variable
                + " = "
                + module
                + "\n    "
                + variable
                + '.'
                + ATTRIBUTE
                + " = number\n";
    }

    private void control(ClassSource root, StringBuilder setters) {
        int end = root.definition().span().to();
        boolean open = end > 0 && root.file().text().charAt(end - 1) != '\n';
        String method =
                "  def autocast_type(self: "
                        + root.qualifiedName()
                        + ",\n    type: Tensor) -> Tensor:\n    number = int(type)\n"
                        + setters
                        + "    return type\n";
        edits.computeIfAbsent(root.file(), f -> new SourceEdits())
                .insert(end, (open ? "\n" : "") + method);
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
