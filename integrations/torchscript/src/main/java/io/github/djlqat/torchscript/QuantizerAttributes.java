package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Operation.Operand;
import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.Value.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attributes that hold the quantizers of each class's sites. */
final class QuantizerAttributes {

    private final Map<String, Map<Site, String>> ofClasses = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> shared = new HashMap<>();
    private final Map<String, List<String>> calls = new HashMap<>();

    /** The attribute for each site of a class's methods, by the class's name. */
    Map<String, Map<Site, String>> all() {
        return ofClasses;
    }

    private Map<Site, String> of(ModuleNode host) {
        return ofClasses.computeIfAbsent(className(host), c -> new LinkedHashMap<>());
    }

    static String className(ModuleNode node) {
        return node.source().qualifiedName();
    }

    /** The attribute for an operand of an operation. */
    String attribute(OperationUse use, int operand, boolean weight, Site site) {
        Map<Site, String> known = of(use.host());
        String attribute = known.get(site);
        if (attribute == null) {
            attribute = sharedAttribute(use, operand, weight);
            known.put(site, attribute);
        }
        return attribute;
    }

    /** Gives a site that no operand asks for an attribute of its own. */
    void require(OperationUse use, Site site) {
        of(use.host())
                .computeIfAbsent(
                        site, s -> unique(use.host(), use.operation().name() + "_quantizer"));
    }

    /** The attribute that switches the fused paths of a class. */
    String ofSwitch(ModuleNode host) {
        return shared.computeIfAbsent(className(host), c -> new HashMap<>())
                .computeIfAbsent(FusedPaths.SWITCH, k -> unique(host, "fused_path_quantizer"));
    }

    /**
     * The attribute for the quantizer of a weight, or of an input that goes with a weight: one for
     * the calls that multiply by that weight along the same axis, of which a trace writes one in
     * each method.
     */
    private String sharedAttribute(OperationUse use, int operandIndex, boolean weight) {
        Operand operand = use.operand(operandIndex);
        String relative = null;
        for (int i = 0; relative == null && i < use.values().size(); i++) {
            if (use.operand(i).weight()
                    && use.values().get(i) instanceof Stored stored
                    && (!weight || i == operandIndex)) {
                relative = relative(use.host(), stored);
            }
        }
        if (relative == null) {
            return unique(
                    use.host(),
                    use.operation().name() + (weight ? "_weight" : "_input") + "_quantizer");
        }
        boolean plain = relative.equals("weight");
        boolean hidden = !weight && operand.argument() > 0 && operand.item() != -1;
        String which = hidden ? "hidden_" : "input_";
        String wish =
                weight
                        ? relative + "_quantizer"
                        : (plain ? "" : relative + "_") + which + "quantizer";
        String key =
                wish
                        + (weight
                                ? use.operation().name() + operand.channelAxis()
                                : operand.argument() + ":" + operand.item() + ordinal(use, wish));
        return shared.computeIfAbsent(className(use.host()), c -> new HashMap<>())
                .computeIfAbsent(key, k -> unique(use.host(), wish));
    }

    /**
     * The position of a call among those in its method that ask for the same. A module that runs
     * twice is traced into two methods, whose inputs are alike; those within one method are not.
     */
    private String ordinal(OperationUse use, String wish) {
        String method = className(use.host()) + ' ' + use.chain().get(0).function() + ' ' + wish;
        List<String> known = calls.computeIfAbsent(method, m -> new ArrayList<>());
        String call = String.join(" ", OperationUse.offsets(use.chain()));
        if (!known.contains(call)) {
            known.add(call);
        }
        return "#" + known.indexOf(call);
    }

    /** The name of a stored tensor from a module on, or null if it is not in it. */
    private static @Nullable String relative(ModuleNode host, Stored stored) {
        Origin origin = stored.origin();
        if (origin.owner() == null) {
            return null;
        }
        List<String> path = origin.owner().path();
        int depth = host.path().size();
        if (path.size() < depth || !path.subList(0, depth).equals(host.path())) {
            return null;
        }
        List<String> names = new ArrayList<>(path.subList(depth, path.size()));
        names.add(origin.attribute());
        if (origin.index() >= 0) {
            names.add(String.valueOf(origin.index()));
        }
        if (stored.swapped()) {
            names.add("transposed");
        }
        String name = String.join("_", names).replaceAll("[^A-Za-z0-9_]", "_");
        return Character.isDigit(name.charAt(0)) ? '_' + name : name;
    }

    /** A name that neither the class nor another quantizer has. */
    private String unique(ModuleNode host, String wish) {
        Set<String> taken = new HashSet<>(host.source().definition().attributes().keySet());
        host.source().definition().methods().forEach(method -> taken.add(method.name()));
        taken.addAll(of(host).values());
        taken.addAll(shared.getOrDefault(className(host), Map.of()).values());
        String name = wish;
        for (int i = 1; taken.contains(name); i++) {
            name = wish + '_' + i;
        }
        return name;
    }
}
