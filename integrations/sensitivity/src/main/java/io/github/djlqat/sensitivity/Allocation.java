package io.github.djlqat.sensitivity;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A candidate for each layer.
 *
 * @param measure the measure whose costs were least
 * @param cost the sum of the layers' costs
 * @param candidates the candidate by the layer's name, in order of execution
 * @param figures what is used of each limit
 */
public record Allocation(
        Measure measure, double cost, Map<String, Candidate> candidates, List<Figure> figures) {

    /**
     * What is used of a limit.
     *
     * @param quantity what is limited
     * @param unit its unit
     * @param used what the allocation uses
     * @param limit what the budget allows
     */
    public record Figure(String quantity, String unit, double used, double limit) {}

    /**
     * Copies the collections.
     *
     * @param measure the measure whose costs were least
     * @param cost the sum of the layers' costs
     * @param candidates the candidate by the layer's name, in order of execution
     * @param figures what is used of each limit
     */
    public Allocation {
        candidates = Collections.unmodifiableMap(new LinkedHashMap<>(candidates));
        figures = List.copyOf(figures);
    }
}
