package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.OperationUse.CallPoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where quantizers go.
 *
 * @param modules the quantizers of each module by the attribute that holds them, null for one that
 *     only passes its input on because other instances of the class need one
 * @param attributes the attribute for each site of a class's methods, by the class's name
 * @param fusedPaths the branches that are switched off while a model is quantized
 * @param functions the sites of each function that takes quantizers, by its name
 * @param points the calls on the way to the sites, by their offset
 * @param callees the names of the functions that such calls go to, by the call's offset
 */
record RewritePlan(
        Map<ModuleNode, Map<String, @Nullable QuantizerSpec>> modules,
        Map<String, Map<Site, String>> attributes,
        FusedPaths fusedPaths,
        Map<String, Set<Site>> functions,
        Map<String, CallPoint> points,
        Map<String, String> callees) {

    /** A quantizer in its module. */
    record Placed(ModuleNode node, String attribute, @Nullable QuantizerSpec spec) {}

    /** Whether a quantizer is there to switch fused paths off. */
    boolean isSwitch(Placed quantizer) {
        FusedPaths.Switched switched =
                fusedPaths.all().get(QuantizerAttributes.className(quantizer.node()));
        return switched != null && switched.attribute().equals(quantizer.attribute());
    }

    /** All quantizers in a fixed order. */
    List<Placed> placed() {
        return modules.entrySet().stream()
                .flatMap(
                        module ->
                                module.getValue().entrySet().stream()
                                        .map(
                                                quantizer ->
                                                        new Placed(
                                                                module.getKey(),
                                                                quantizer.getKey(),
                                                                quantizer.getValue())))
                .toList();
    }
}
