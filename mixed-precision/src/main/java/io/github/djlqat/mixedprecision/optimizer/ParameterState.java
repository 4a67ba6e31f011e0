package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The state of one parameter: the same arrays on each device that holds a copy of the weight. */
final class ParameterState {

    /** The arrays on one device and the number of steps they have seen. */
    static final class Arrays {

        private final NDList list;
        private int step;

        Arrays(NDList list, int step) {
            this.list = list;
            this.step = step;
        }

        NDList list() {
            return list;
        }

        int step() {
            return step;
        }

        void advance() {
            step++;
        }
    }

    private final Map<Device, Arrays> byDevice = new LinkedHashMap<>();
    private final int firstStep;
    private @Nullable SavedArrays saved;
    private @Nullable Parameter restoredFor;

    ParameterState(int firstStep) {
        this.firstStep = firstStep;
    }

    /** Creates a state that starts with saved arrays, for the weight that the parameter holds. */
    ParameterState(SavedArrays saved, Parameter restoredFor) {
        this(saved.step());
        this.saved = saved;
        this.restoredFor = restoredFor;
    }

    /**
     * Returns the arrays on a weight's device.
     *
     * @throws IllegalStateException if they belong to another weight
     */
    Arrays on(NDArray weight, List<Slot> slots) {
        requireRestoredWeight(weight);
        Arrays arrays = byDevice.get(weight.getDevice());
        if (arrays == null) {
            arrays = new Arrays(create(weight, slots), firstStep);
            byDevice.put(weight.getDevice(), arrays);
        } else {
            // Devices take turns, so by now each of them has taken its copy.
            saved = null;
        }
        requireSlots(arrays.list(), slots);
        return arrays;
    }

    private NDList create(NDArray weight, List<Slot> slots) {
        NDManager manager = weight.getManager();
        NDList arrays = new NDList();
        for (int i = 0; i < slots.size(); i++) {
            NDArray array =
                    saved == null
                            ? manager.zeros(
                                    slots.get(i).shape(),
                                    slots.get(i).dataType(),
                                    weight.getDevice())
                            : saved.decode(manager, i, weight.getDevice());
            arrays.add(StatefulOptimizer.kept(array));
        }
        return arrays;
    }

    private static void requireSlots(NDList arrays, List<Slot> slots) {
        for (int i = 0; i < slots.size(); i++) {
            if (!arrays.get(i).getShape().equals(slots.get(i).shape())) {
                throw new IllegalStateException(
                        "The optimizer's state has an array of shape "
                                + arrays.get(i).getShape()
                                + " where the weight needs "
                                + slots.get(i).shape()
                                + ".");
            }
        }
    }

    private void requireRestoredWeight(NDArray weight) {
        Parameter parameter = restoredFor;
        restoredFor = null;
        if (parameter == null || parameter.getArray() == weight) {
            return;
        }
        NDArray expected = parameter.getArray();
        NDArray here = expected.toDevice(weight.getDevice(), false);
        boolean same = weight.contentEquals(here);
        if (here != expected) {
            here.close();
        }
        if (!same) {
            throw new IllegalStateException(
                    "The parameter "
                            + parameter.getName()
                            + " was loaded after the trainer had taken its array, which would train on"
                            + " from the old values: load checkpoints before the trainer is made.");
        }
    }

    /** Returns the state as it is now. */
    SavedArrays save() {
        if (byDevice.isEmpty()) {
            return Objects.requireNonNull(saved, "a state has arrays or saved ones");
        }
        Arrays arrays = byDevice.values().iterator().next();
        return SavedArrays.of(arrays.step(), arrays.list());
    }

    boolean isEmpty() {
        return byDevice.isEmpty() && saved == null;
    }

    long bytes() {
        return byDevice.values().stream()
                .flatMap(arrays -> arrays.list().stream())
                .mapToLong(array -> array.size() * array.getDataType().getNumOfBytes())
                .sum();
    }

    void close() {
        byDevice.values().forEach(arrays -> arrays.list().close());
        byDevice.clear();
    }
}
