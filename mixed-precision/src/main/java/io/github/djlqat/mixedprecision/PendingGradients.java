package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The gradients of a step that has not all its batches yet, for a checkpoint. */
final class PendingGradients {

    private PendingGradients() {}

    /** Returns the gradients by parameter, summed over the devices. */
    static Map<String, float[]> save(NDManager manager, List<TrainedParameter> parameters) {
        Map<String, float[]> saved = new LinkedHashMap<>();
        try (StepGradients gradients = new StepGradients(manager, parameters)) {
            for (int i = 0; i < parameters.size(); i++) {
                saved.put(parameters.get(i).name(), gradients.values(i));
            }
        }
        return saved;
    }

    /**
     * Gives parameters their gradients back.
     *
     * @throws IllegalStateException if the gradients are those of other parameters
     */
    static void restore(
            GradientCollector collector,
            NDManager manager,
            List<TrainedParameter> parameters,
            Map<String, float[]> saved) {
        require(parameters, saved);
        for (TrainedParameter parameter : parameters) {
            NDArray weight = parameter.arrays().get(0);
            try (NDManager scope = manager.newSubManager()) {
                NDArray gradient = scope.create(saved.get(parameter.name()), weight.getShape());
                // A linear function has any gradient that is wanted, and exactly.
                NDArray product = gradient.mul(weight);
                NDArray sum = product.sum();
                sum.attach(scope);
                collector.backward(sum);
            }
        }
    }

    private static void require(List<TrainedParameter> parameters, Map<String, float[]> saved) {
        Set<String> left = new HashSet<>(saved.keySet());
        for (TrainedParameter parameter : parameters) {
            float[] values = saved.get(parameter.name());
            long size = parameter.arrays().get(0).size();
            left.remove(parameter.name());
            if (values == null || values.length != size) {
                throw new IllegalStateException(
                        "The checkpoint has "
                                + (values == null ? "no gradient" : values.length + " gradients")
                                + " of the parameter "
                                + parameter.name()
                                + ", which has "
                                + size
                                + " elements: it is of another model.");
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException(
                    "The checkpoint has gradients of "
                            + String.join(", ", left)
                            + ", which are not trained here: it is of another model.");
        }
    }
}
