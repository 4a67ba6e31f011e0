package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What one forward pass knows of its arrays: which are of the low type, and what was cast. */
final class Casts {

    private final Set<NDArray> low = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<NDArray> zeros = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<NDArray> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<NDArray, NDArray> done = new IdentityHashMap<>();
    private final Set<AmaxHistory> recorded = Collections.newSetFromMap(new IdentityHashMap<>());

    boolean isLow(NDArray array) {
        return low.contains(array);
    }

    void markLow(NDArray array) {
        low.add(array);
    }

    /** Whether an array is stored in the low type, which only this module's kernels read. */
    boolean isKept(NDArray array) {
        return kept.contains(array);
    }

    void markKept(NDArray array) {
        kept.add(array);
        low.add(array);
    }

    /** Whether an array holds nothing but zeros, which are of any type. */
    boolean isZero(NDArray array) {
        return zeros.contains(array);
    }

    void markZero(NDArray array) {
        zeros.add(array);
    }

    NDArray once(NDArray array, Supplier<NDArray> cast) {
        NDArray known = done.get(array);
        if (known == null) {
            known = cast.get();
            done.put(array, known);
        }
        return known;
    }

    /** Forgets what was cast, for values have been written over, which other arrays may share. */
    void forget() {
        done.clear();
        zeros.clear();
    }

    void record(AmaxHistory history, float magnitude) {
        history.record(magnitude);
        recorded.add(history);
    }

    void updateScales() {
        recorded.forEach(AmaxHistory::update);
    }
}
