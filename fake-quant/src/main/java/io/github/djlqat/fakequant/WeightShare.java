package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.kernel.UniformNoise;
import java.util.List;

/**
 * The share of each weight's elements that one training step quantizes. The same seed, step and
 * weight choose the same elements.
 *
 * @param share the share, 0 to 1
 * @param seed what the choice is drawn from
 * @param step the number of training steps before
 */
record WeightShare(double share, long seed, long step) {

    static final WeightShare ALL = new WeightShare(1, 0, 0);

    /** Returns the quantized weight where elements are chosen, and the weight elsewhere. */
    NDArray choose(NDManager manager, String name, NDArray quantized, NDArray weight) {
        if (share >= 1) {
            return quantized;
        }
        long drawn = seed * 0x9e3779b97f4a7c15L + step * 0xbf58476d1ce4e5b9L + name.hashCode();
        return Opaque.run(
                "Quantizing a share of " + name,
                manager,
                List.of(quantized, weight),
                (owner, plain) -> {
                    try (NDArray noise = UniformNoise.create(owner, weight.getShape(), drawn);
                            NDArray chosen = noise.lt((float) share)) {
                        NDArray result = NDArrays.where(chosen, plain.get(0), plain.get(1));
                        result.attach(owner);
                        return result;
                    }
                });
    }
}
