package io.github.djlqat.mixedprecision;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The histories of all FP8 tensors of a model, by name. */
final class Float8Scales {

    private final DelayedScaling scaling;
    private final double largestValue;
    private final Map<String, AmaxHistory> histories = new ConcurrentHashMap<>();
    private final Map<String, Float> ofStep = new ConcurrentHashMap<>();

    Float8Scales(DelayedScaling scaling, double largestValue) {
        this.scaling = scaling;
        this.largestValue = largestValue;
    }

    AmaxHistory history(String name) {
        return histories.computeIfAbsent(name, n -> new AmaxHistory(scaling, largestValue));
    }

    /** The scale that a weight was cast with in this step, or null before it was. */
    @Nullable Float ofStep(String name) {
        return ofStep.get(name);
    }

    /** Has a weight cast with the same scale until the step ends, however many batches it has. */
    void keepForStep(String name, float scale) {
        ofStep.put(name, scale);
    }

    void endStep() {
        ofStep.clear();
    }

    Map<String, Float> stepScales() {
        return new TreeMap<>(ofStep);
    }

    void restoreStep(Map<String, Float> step) {
        ofStep.clear();
        ofStep.putAll(step);
    }

    Map<String, AmaxHistoryState> state() {
        Map<String, AmaxHistoryState> states = new TreeMap<>();
        histories.forEach((name, history) -> states.put(name, history.state()));
        return states;
    }

    void restore(Map<String, AmaxHistoryState> states) {
        Map<String, AmaxHistory> restored = new ConcurrentHashMap<>();
        states.forEach(
                (name, state) -> {
                    AmaxHistory history = new AmaxHistory(scaling, largestValue);
                    history.restore(name, state);
                    restored.put(name, history);
                });
        histories.clear();
        histories.putAll(restored);
    }
}
