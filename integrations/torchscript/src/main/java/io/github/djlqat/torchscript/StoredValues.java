package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** What an archive says of the values that a program reads from it. */
final class StoredValues {

    private final ModuleTree modules;
    private final StoredTensors tensors;
    private final AssignedAttributes assigned;

    StoredValues(ModuleTree modules, StoredTensors tensors, AssignedAttributes assigned) {
        this.modules = modules;
        this.tensors = tensors;
        this.assigned = assigned;
    }

    /** The value of a module's attribute; nothing is known of one that the program changes. */
    Value attribute(ModuleNode node, String name) {
        PickleValue value = node.attribute(name);
        if (value == null || assigned.contains(node.source().qualifiedName(), name)) {
            return Value.COMPUTED;
        }
        if (value instanceof ObjectValue object) {
            ModuleNode child = modules.find(object);
            return child == null ? Value.COMPUTED : new Value.Module(child);
        }
        if (value instanceof TensorValue) {
            return new Value.Stored(new Origin(node, name, -1), false);
        }
        return value instanceof ListValue ? new Value.StoredList(node, name) : Value.COMPUTED;
    }

    /** An item of a list or tuple, from the end if its index is negative. */
    Value item(Value value, int index) {
        int at = index < 0 ? size(value) + index : index;
        if (at < 0 || at >= size(value)) {
            return Value.COMPUTED;
        }
        if (value instanceof Value.Items items) {
            return items.items().get(at);
        }
        if (value instanceof Value.StoredList list) {
            Origin origin = new Origin(list.owner(), list.attribute(), at);
            return tensors.find(origin) == null ? Value.COMPUTED : new Value.Stored(origin, false);
        }
        return Value.COMPUTED;
    }

    /** The length of a list or tuple, 0 if it is not known. */
    static int size(Value list) {
        if (list instanceof Value.Items items) {
            return items.items().size();
        }
        return list instanceof Value.StoredList stored
                        && stored.owner().attribute(stored.attribute()) instanceof ListValue value
                ? value.items().size()
                : 0;
    }

    /** The positions of the tensors of two and more dimensions in a list. */
    List<Integer> matrices(Value list) {
        List<Integer> matrices = new ArrayList<>();
        for (int i = 0; i < size(list); i++) {
            if (item(list, i) instanceof Value.Stored stored && rank(stored.origin()) > 1) {
                matrices.add(i);
            }
        }
        return matrices;
    }

    /** The number of a stored tensor's dimensions, 0 if there is no such tensor. */
    int rank(Origin origin) {
        TensorValue tensor = tensors.find(origin);
        return tensor == null ? 0 : tensor.shape().size();
    }
}
