package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Span;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The branches that compute whole layers by one function of PyTorch's, beside others that compute
 * the same step by step. They are taken only while a model is in floating point.
 */
final class FusedPaths {

    /** The name by which a quantizer says that it only switches a branch off. */
    static final String SWITCH = "fused path";

    /**
     * The branches of a class.
     *
     * @param attribute the attribute whose mode switches them off
     * @param conditions the places of their conditions
     */
    record Switched(String attribute, Set<Span> conditions) {}

    private final Map<String, Switched> ofClasses = new LinkedHashMap<>();

    /** Adds a branch of a class, by its condition. */
    void add(String className, String attribute, Span condition) {
        ofClasses
                .computeIfAbsent(className, c -> new Switched(attribute, new LinkedHashSet<>()))
                .conditions()
                .add(condition);
    }

    /** The branches by the class's name. */
    Map<String, Switched> all() {
        return ofClasses;
    }
}
