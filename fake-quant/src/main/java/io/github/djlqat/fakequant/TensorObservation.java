package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.observer.MovingAverageObserver;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.function.Supplier;

/**
 * How a quantizer's observer is shown tensors.
 *
 * @param name what errors call the tensor
 * @param recipe the recipe of the tensor
 * @param weight whether the tensor is a weight
 * @param rectifies whether negative values are to be cut off
 */
record TensorObservation(String name, TensorRecipe recipe, boolean weight, boolean rectifies) {

    /**
     * Returns what an observer is after one more tensor.
     *
     * @throws IllegalArgumentException if the tensor holds NaN or infinity
     */
    Observer show(NDArray x, Observer observer, Supplier<Kernels> kernels) {
        try {
            return weight ? showWeight(x) : showActivation(x, observer, kernels);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The tensor " + name + " cannot be quantized: " + e.getMessage(), e);
        }
    }

    /** A weight is known whole at each step, so that what it was before does not count. */
    private Observer showWeight(NDArray x) {
        return Observers.create(recipe.observer(), recipe.scheme())
                .observe(x.toFloatArray(), x.getShape());
    }

    private Observer showActivation(NDArray x, Observer observer, Supplier<Kernels> kernels) {
        if (observer instanceof MovingAverageObserver average) {
            try (NDArray range = kernels.get().range(x)) {
                float[] ends = range.toFloatArray();
                // Math.max keeps NaN, which the observer has to see.
                return rectifies
                        ? average.observeRange(Math.max(0, ends[0]), Math.max(0, ends[1]))
                        : average.observeRange(ends[0], ends[1]);
            }
        }
        float[] values = x.toFloatArray();
        if (rectifies) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, values[i]);
            }
        }
        return observer.observe(values, x.getShape());
    }
}
