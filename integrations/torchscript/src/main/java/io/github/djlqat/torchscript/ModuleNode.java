package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TaggedValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A module of a model: an object of the archive's pickle that is an instance of a class whose
 * source is there. Nodes are equal if they are the same object.
 */
final class ModuleNode {

    private final @Nullable ModuleNode parent;
    private final List<String> path;
    private final ObjectValue object;
    private final ClassSource source;
    private final boolean interfaced;

    ModuleNode(ObjectValue object, ClassSource source) {
        parent = null;
        path = List.of();
        this.object = object;
        this.source = source;
        interfaced = false;
    }

    /**
     * Makes the node of a submodule.
     *
     * @param interfaced whether the attribute's declared type is an interface
     */
    ModuleNode(
            ModuleNode parent,
            String attribute,
            ObjectValue object,
            ClassSource source,
            boolean interfaced) {
        this.parent = parent;
        List<String> names = new ArrayList<>(parent.path);
        names.add(attribute);
        path = List.copyOf(names);
        this.object = object;
        this.source = source;
        this.interfaced = interfaced;
    }

    /** The module that it is an attribute of, or null if it is the root. */
    @Nullable ModuleNode parent() {
        return parent;
    }

    /** Whether the program sees no more of it than an interface. */
    boolean isInterfaced() {
        return interfaced;
    }

    /** The names that lead from the root to the module. */
    List<String> path() {
        return path;
    }

    /** The path as DJL and PyTorch write it, empty for the root. */
    String name() {
        return String.join(".", path);
    }

    ObjectValue object() {
        return object;
    }

    ClassSource source() {
        return source;
    }

    @Nullable PickleValue attribute(String name) {
        PickleValue value = object.attribute(name).orElse(null);
        return value instanceof TaggedValue tagged ? tagged.value() : value;
    }

    /** The name of an attribute of this module, from the root on. */
    String nameOf(String attribute) {
        return path.isEmpty() ? attribute : name() + '.' + attribute;
    }

    @Override
    public String toString() {
        return path.isEmpty() ? "the root" : name();
    }
}
