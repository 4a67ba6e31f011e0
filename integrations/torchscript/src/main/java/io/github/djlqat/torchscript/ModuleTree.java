package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The modules of a model, each once under the first path that leads to it. */
final class ModuleTree {

    private final Map<ObjectValue, ModuleNode> nodes = new IdentityHashMap<>();
    private final Map<String, ModuleNode> ordered = new LinkedHashMap<>();
    private final ModuleNode root;

    private ModuleTree(ModuleNode root) {
        this.root = root;
    }

    /**
     * Finds the modules.
     *
     * @throws TorchScriptException if the root's class has no source
     */
    static ModuleTree of(Program program, ObjectValue data) {
        ClassSource source = program.findClass(data.className());
        if (source == null) {
            throw new TorchScriptException(
                    "The model's class "
                            + data.className()
                            + " has no source in the archive; without it, nothing can be rewritten.");
        }
        ModuleTree tree = new ModuleTree(new ModuleNode(data, source));
        tree.add(tree.root, program);
        return tree;
    }

    private void add(ModuleNode node, Program program) {
        nodes.put(node.object(), node);
        ordered.put(node.name(), node);
        if (!(node.object().state() instanceof DictionaryValue attributes)) {
            return;
        }
        for (Entry entry : attributes.entries()) {
            if (entry.key() instanceof StringValue key
                    && entry.value() instanceof ObjectValue child
                    && !nodes.containsKey(child)) {
                ClassSource source = program.findClass(child.className());
                if (source != null && source.definition().isModule()) {
                    String type = node.source().definition().attributes().get(key.value());
                    ClassSource declared = type == null ? null : program.findClass(type);
                    boolean interfaced =
                            declared != null && declared.definition().isModuleInterface();
                    add(new ModuleNode(node, key.value(), child, source, interfaced), program);
                }
            }
        }
    }

    ModuleNode root() {
        return root;
    }

    Collection<ModuleNode> all() {
        return ordered.values();
    }

    @Nullable ModuleNode find(ObjectValue object) {
        return nodes.get(object);
    }
}
