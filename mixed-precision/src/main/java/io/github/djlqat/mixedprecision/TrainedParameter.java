package io.github.djlqat.mixedprecision;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A parameter with a gradient.
 *
 * @param name the full name
 * @param id the name that optimizers know it by
 * @param arrays its value on each device
 */
record TrainedParameter(String name, String id, List<NDArray> arrays) {

    /** The parameters with a gradient, each once, in the order of the block. */
    static List<TrainedParameter> of(Block block, ParameterStore store, Device[] devices) {
        Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<TrainedParameter> list = new ArrayList<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            Parameter parameter = pair.getValue();
            if (parameter.requiresGradient() && seen.add(parameter)) {
                List<NDArray> arrays =
                        Arrays.stream(devices)
                                .map(device -> store.getValue(parameter, device, true))
                                .toList();
                list.add(new TrainedParameter(pair.getKey(), parameter.getId(), arrays));
            }
        }
        return list;
    }
}
