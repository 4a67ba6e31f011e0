package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gradients of one step, summed over the devices; closing it frees all that it computed. */
final class StepGradients implements AutoCloseable {

    private static final double NORM_EPSILON = 1e-6;

    private final NDManager scope;
    private final List<TrainedParameter> parameters;
    private final NDArray[] gradients;
    private float @Nullable [] norms;

    /**
     * Sums the gradients of all devices on the first.
     *
     * @param manager the parent of a manager for all temporary arrays
     * @param parameters the parameters
     */
    StepGradients(NDManager manager, List<TrainedParameter> parameters) {
        this.scope = manager.newSubManager();
        this.parameters = parameters;
        this.gradients = parameters.stream().map(this::sum).toArray(NDArray[]::new);
    }

    private NDArray sum(TrainedParameter parameter) {
        List<NDArray> arrays = parameter.arrays();
        NDArray sum = gradient(arrays.get(0));
        for (NDArray array : arrays.subList(1, arrays.size())) {
            try (NDArray other = gradient(array);
                    NDArray moved = other.toDevice(sum.getDevice(), true)) {
                sum.addi(moved);
            }
        }
        return sum;
    }

    private NDArray gradient(NDArray array) {
        NDArray gradient = array.getGradient();
        gradient.attach(scope);
        return gradient;
    }

    /** The values of one of the gradients. */
    float[] values(int index) {
        return gradients[index].toFloatArray();
    }

    /** Returns the name of the first parameter with an infinite or NaN gradient, or null. */
    @Nullable String firstNonFinite() {
        float[] known = norms();
        for (int i = 0; i < known.length; i++) {
            if (!Float.isFinite(known[i]) && !isFinite(gradients[i])) {
                return parameters.get(i).name();
            }
        }
        return null;
    }

    /** The Euclidean norm of all gradients together. */
    double norm() {
        float[] known = norms();
        double sum = 0;
        for (int i = 0; i < known.length; i++) {
            double norm = Float.isInfinite(known[i]) ? largeNorm(gradients[i]) : known[i];
            sum += norm * norm;
        }
        return Math.sqrt(sum);
    }

    /**
     * Multiplies all gradients by the factor, and by what then brings their common norm to the
     * largest legal one.
     *
     * @param factor the factor
     * @param norm the norm of the gradients times the factor
     * @param maxNorm the largest legal norm, infinite for any
     */
    void scale(double factor, double norm, double maxNorm) {
        double clip = Double.isInfinite(maxNorm) ? 1 : Math.min(1, maxNorm / (norm + NORM_EPSILON));
        double all = factor * clip;
        if (all != 1) {
            for (NDArray gradient : gradients) {
                gradient.muli(all);
            }
        }
        norms = null;
    }

    /** Clips every element to \( [-v, v] \). */
    void clip(float v) {
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = gradients[i].clip(-v, v);
        }
        norms = null;
    }

    /** Lets an optimizer update the parameters on every device. */
    void update(Optimizer optimizer) {
        for (int i = 0; i < gradients.length; i++) {
            update(optimizer, parameters.get(i), gradients[i]);
        }
    }

    private static void update(Optimizer optimizer, TrainedParameter parameter, NDArray gradient) {
        List<NDArray> arrays = parameter.arrays();
        if (arrays.size() == 1) {
            optimizer.update(parameter.id(), arrays.get(0), gradient);
            return;
        }
        // An optimizer resets the parameter's gradient, which the next device still needs.
        try (NDArray sum = gradient.duplicate()) {
            for (NDArray array : arrays) {
                try (NDArray copy = sum.toDevice(array.getDevice(), true)) {
                    optimizer.update(parameter.id(), array, copy);
                }
            }
        }
    }

    private float[] norms() {
        float[] known = norms;
        if (known == null) {
            NDList list = new NDList(gradients.length);
            for (NDArray gradient : gradients) {
                list.add(gradient.norm());
            }
            known = list.isEmpty() ? new float[0] : NDArrays.stack(list).toFloatArray();
            norms = known;
        }
        return known;
    }

    private static boolean isFinite(NDArray gradient) {
        try (NDArray zeros = gradient.mul(0);
                NDArray sum = zeros.sum()) {
            return sum.getFloat() == 0;
        }
    }

    /** The norm of values whose squares are too large for a float. */
    private static double largeNorm(NDArray gradient) {
        try (NDArray magnitudes = gradient.abs();
                NDArray max = magnitudes.max();
                NDArray unit = magnitudes.div(max);
                NDArray norm = unit.norm()) {
            return (double) norm.getFloat() * max.getFloat();
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
