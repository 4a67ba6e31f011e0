package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Low-precision copies of weights, each made once until the weights change.
 *
 * <p>A copy is part of autograd's graph, so that gradients reach the weight through it, from every
 * backward that shares it.
 */
final class WeightCopies implements AutoCloseable {

    private final NDManager manager;
    private final Map<NDArray, Map<Object, NDArray>> copies = new IdentityHashMap<>();

    WeightCopies(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /** Whether a copy of the array can be kept: not of a wrapper, which another pass has anew. */
    static boolean keeps(NDArray weight) {
        return !Proxy.isProxyClass(weight.getClass());
    }

    /**
     * Returns the copy of a weight.
     *
     * @param weight the weight
     * @param kind what casts it; a weight that operations take in several ways has a copy for each
     * @param cast makes a copy that attaches to a manager
     */
    synchronized NDArray get(NDArray weight, Object kind, Function<NDManager, NDArray> cast) {
        Map<Object, NDArray> ofWeight = copies.computeIfAbsent(weight, w -> new HashMap<>());
        NDArray known = ofWeight.get(kind);
        if (known == null) {
            known = cast.apply(manager);
            ofWeight.put(kind, known);
        }
        return known;
    }

    /** Forgets all copies, for the weights change. */
    synchronized void clear() {
        all().forEach(NDArray::close);
        copies.clear();
    }

    synchronized NDList all() {
        NDList all = new NDList();
        copies.values().forEach(ofWeight -> all.addAll(ofWeight.values()));
        return all;
    }

    @Override
    public synchronized void close() {
        copies.clear();
        manager.close();
    }
}
