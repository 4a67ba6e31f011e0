package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.kernel.Kernels;
import java.util.List;

/** Sets gradients to zero whatever they hold: an infinity less itself would be NaN for ever. */
final class GradientReset {

    private GradientReset() {}

    static void reset(Kernels kernels, NDManager manager, List<TrainedParameter> parameters) {
        try (NDManager scope = manager.newSubManager()) {
            for (TrainedParameter parameter : parameters) {
                for (NDArray array : parameter.arrays()) {
                    NDArray gradient = array.getGradient();
                    gradient.attach(scope);
                    kernels.run(new Zero(), gradient);
                }
            }
        }
    }
}
