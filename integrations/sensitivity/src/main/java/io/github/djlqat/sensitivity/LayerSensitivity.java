package io.github.djlqat.sensitivity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scores of one layer.
 *
 * @param layer the layer
 * @param scores by the candidate's name, by the measure
 * @param weightTrace the estimated trace of the loss's Hessian with respect to the weight, or null
 *     where it was not asked for
 * @param inputTrace the estimated trace of the loss's Hessian with respect to the input, the mean
 *     over samples, or null where it was not asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LayerSensitivity(
        LayerSize layer,
        Map<String, Map<Measure, Double>> scores,
        @Nullable Double weightTrace,
        @Nullable Double inputTrace) {

    /**
     * Copies the scores.
     *
     * @param layer the layer
     * @param scores by the candidate's name, by the measure
     * @param weightTrace the estimated trace of the loss's Hessian with respect to the weight, or
     *     null where it was not asked for
     * @param inputTrace the estimated trace of the loss's Hessian with respect to the input, the
     *     mean over samples, or null where it was not asked for
     */
    public LayerSensitivity {
        Map<String, Map<Measure, Double>> copy = new LinkedHashMap<>();
        scores.forEach(
                (candidate, values) ->
                        copy.put(
                                candidate,
                                Collections.unmodifiableMap(new LinkedHashMap<>(values))));
        scores = Collections.unmodifiableMap(copy);
    }
}
