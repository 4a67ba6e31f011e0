package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Finds the parameters of a block. */
final class NamedParameters {

    private NamedParameters() {}

    /**
     * Returns the parameters by full name, in the block's order. A shared parameter appears once,
     * under its first name.
     */
    static Map<String, Parameter> of(Block block) {
        Set<String> ids = new HashSet<>();
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (ids.add(pair.getValue().getId())) {
                parameters.put(pair.getKey(), pair.getValue());
            }
        }
        return parameters;
    }
}
