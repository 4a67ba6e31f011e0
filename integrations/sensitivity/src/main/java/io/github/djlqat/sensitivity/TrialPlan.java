package io.github.djlqat.sensitivity;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which formats are run to score candidates: each candidate itself, or the formats of weights and
 * of activations apart, whose costs are added.
 */
final class TrialPlan {

    private final List<Candidate> trials;
    private final Map<Candidate, List<Candidate>> parts;

    private TrialPlan(List<Candidate> trials, Map<Candidate, List<Candidate>> parts) {
        this.trials = trials;
        this.parts = parts;
    }

    /** Runs every candidate. */
    static TrialPlan whole(List<Candidate> candidates) {
        Map<Candidate, List<Candidate>> parts = new LinkedHashMap<>();
        candidates.forEach(candidate -> parts.put(candidate, List.of(candidate)));
        return new TrialPlan(candidates, parts);
    }

    /** Runs every format of weights and every format of activations once. */
    static TrialPlan separate(List<Candidate> candidates) {
        Map<Object, Candidate> weights = new LinkedHashMap<>();
        Map<Object, Candidate> activations = new LinkedHashMap<>();
        Map<Candidate, List<Candidate>> parts = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            Candidate one =
                    weights.computeIfAbsent(
                            Optional.ofNullable(candidate.weights()),
                            format ->
                                    new Candidate(
                                            candidate.name() + " weights",
                                            candidate.weights(),
                                            null));
            Candidate other =
                    activations.computeIfAbsent(
                            Optional.ofNullable(candidate.activations()),
                            format ->
                                    new Candidate(
                                            candidate.name() + " activations",
                                            null,
                                            candidate.activations()));
            parts.put(candidate, List.of(one, other));
        }
        Map<String, Candidate> trials = new LinkedHashMap<>();
        parts.values().forEach(list -> list.forEach(part -> trials.put(part.name(), part)));
        return new TrialPlan(List.copyOf(trials.values()), parts);
    }

    /** Returns what is run. */
    List<Candidate> trials() {
        return trials;
    }

    /** Returns a candidate's scores, from those of what was run. */
    Map<Measure, Double> scores(
            Candidate candidate, Map<Candidate, Map<Measure, Double>> measured) {
        List<Candidate> own = Objects.requireNonNull(parts.get(candidate));
        Map<Measure, Double> first = Objects.requireNonNull(measured.get(own.get(0)));
        if (own.size() == 1) {
            return first;
        }
        Map<Measure, Double> second = Objects.requireNonNull(measured.get(own.get(1)));
        Map<Measure, Double> sums = new EnumMap<>(Measure.class);
        first.forEach(
                (measure, score) ->
                        sums.put(
                                measure,
                                measure.score(
                                        measure.cost(score)
                                                + measure.cost(
                                                        Objects.requireNonNull(
                                                                second.get(measure))))));
        return sums;
    }
}
