package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How a method of the root reaches modules.
 *
 * <p>Of a module whose declared type is an interface the source sees the interface's methods alone.
 * The root is given an object that refers to such modules by their own types. It is no module, so
 * that parameters are not found twice.
 */
final class ModuleReferences {

    /** The attribute of the root. */
    static final String ATTRIBUTE = "djlqat_interfaced_modules";

    private final String className;
    private final List<ModuleNode> referred = new ArrayList<>();

    /**
     * Starts without references.
     *
     * @param namespace the qualified name of the file that the object's class goes into
     */
    ModuleReferences(String namespace) {
        className = namespace + ".InterfacedModules";
    }

    /** The expression of a module in a method of the root whose first parameter is {@code self}. */
    String module(ModuleNode node) {
        ModuleNode parent = node.parent();
        if (parent == null) {
            return "self";
        }
        if (!node.isInterfaced()) {
            return member(module(parent), node.path().get(node.path().size() - 1));
        }
        if (!referred.contains(node)) {
            referred.add(node);
        }
        return "((self)." + ATTRIBUTE + ").module_" + referred.indexOf(node);
    }

    /** The expression of an attribute of a module. */
    String attribute(ModuleNode node, String name) {
        return member(module(node), name);
    }

    private static String member(String owner, String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*")
                ? "(" + owner + ")." + name
                : "getattr(" + owner + ", \"" + literal(name) + "\")";
    }

    /** The inside of a string literal in source that is kept with one character for each byte. */
    private static String literal(String name) {
        String escaped = name.replace("\\", "\\\\").replace("\"", "\\\"");
        return new String(escaped.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    boolean isEmpty() {
        return referred.isEmpty();
    }

    /** The declaration of the root's attribute, without a line's end. */
    String declaration() {
        return ATTRIBUTE + " : " + className;
    }

    /** The source of the object's class. */
    String source() {
        StringBuilder text = new StringBuilder("class InterfacedModules:\n");
        for (int i = 0; i < referred.size(); i++) {
            text.append("  module_")
                    .append(i)
                    .append(" : ")
                    .append(referred.get(i).source().qualifiedName())
                    .append('\n');
        }
        return text.toString();
    }

    /** The object. */
    ObjectValue object() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < referred.size(); i++) {
            entries.add(new Entry(new StringValue("module_" + i), referred.get(i).object()));
        }
        return new ObjectValue(className, new DictionaryValue(entries));
    }
}
