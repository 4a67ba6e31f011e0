package io.github.djlqat.estimator;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.TensorKernel;
import java.util.ArrayList;
import java.util.List;

/** A kernel's result with its gradients to all inputs. */
record Gradient(float[] y, List<float[]> gradients) {

    /** Runs the kernel forward, and backward from the weights of the result's elements. */
    static Gradient of(Kernels kernels, TensorKernel kernel, float[] dy, NDArray... inputs) {
        NDManager manager = inputs[0].getManager();
        NDList leaves = new NDList();
        for (NDArray input : inputs) {
            NDArray leaf = input.duplicate();
            leaf.setRequiresGradient(true);
            leaves.add(leaf);
        }
        NDArray y;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            y = kernels.run(manager, kernel, leaves);
            collector.backward(y.mul(manager.create(dy, y.getShape())).sum());
        }
        List<float[]> gradients = new ArrayList<>();
        for (NDArray leaf : leaves) {
            gradients.add(
                    leaf.hasGradient()
                            ? leaf.getGradient().toFloatArray()
                            : new float[(int) leaf.size()]);
        }
        return new Gradient(y.toFloatArray(), gradients);
    }

    float[] dx() {
        return gradients.get(0);
    }
}
