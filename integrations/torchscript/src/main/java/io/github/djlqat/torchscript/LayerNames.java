package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.Value.Stored;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of layers: the modules of weights, or what computes without any. */
final class LayerNames {

    private static final Set<String> PRODUCTS = Set.of("matMul", "batchDot");

    private final Map<OperationUse.Key, String> names = new HashMap<>();
    private final List<String> weighted;

    /**
     * Names the layers of operations.
     *
     * @param uses the operations
     * @param fromForward the number of those that {@code forward} reaches, which come first
     */
    LayerNames(List<OperationUse> uses, int fromForward) {
        Map<String, Integer> counts = new HashMap<>();
        for (OperationUse use : uses) {
            names.put(use.key(), name(use, counts));
        }
        Set<String> layers = new LinkedHashSet<>();
        for (OperationUse use : fromForward == 0 ? uses : uses.subList(0, fromForward)) {
            if (hasWeight(use)) {
                layers.add(of(use));
            }
        }
        weighted = List.copyOf(layers);
    }

    String of(OperationUse use) {
        return names.getOrDefault(use.key(), use.host().name());
    }

    boolean isFirst(OperationUse use) {
        return hasWeight(use) && !weighted.isEmpty() && weighted.get(0).equals(of(use));
    }

    boolean isLast(OperationUse use) {
        return hasWeight(use)
                && !weighted.isEmpty()
                && weighted.get(weighted.size() - 1).equals(of(use));
    }

    /** Whether an operation is one of those that may multiply two activations. */
    static boolean isProduct(String operation) {
        return PRODUCTS.contains(operation);
    }

    static boolean hasWeight(OperationUse use) {
        if (!isProduct(use.operation().name())) {
            return true;
        }
        for (int i = 0; i < use.values().size(); i++) {
            if (use.operand(i).weight() && isStored(use.values().get(i))) {
                return true;
            }
        }
        return false;
    }

    static boolean isStored(Value value) {
        return value instanceof Stored || value instanceof Value.Several;
    }

    /** The module path of the weight, or the operation's name in the module that runs it. */
    private static String name(OperationUse use, Map<String, Integer> counts) {
        for (int i = 0; i < use.values().size(); i++) {
            if (use.operand(i).weight() && use.values().get(i) instanceof Stored stored) {
                return name(stored.origin());
            }
        }
        if (!isProduct(use.operation().name())) {
            return use.host().path().isEmpty() ? use.operation().name() : use.host().name();
        }
        String name = use.host().nameOf(use.operation().name());
        int count = counts.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + '#' + count;
    }

    private static String name(Origin origin) {
        ModuleNode owner = origin.owner();
        return owner == null || owner.path().isEmpty() ? origin.attribute() : owner.name();
    }
}
