package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.TensorKernel;

/** The largest magnitude of an array that is not empty, NaN where it holds one. */
record Magnitude() implements TensorKernel {

    @Override
    public ScriptMethod script() {
        return Scripts.method("magnitude");
    }

    @Override
    public void check(NDList inputs) {
        if (inputs.singletonOrThrow().isEmpty()) {
            throw new IllegalArgumentException("An empty array has no largest magnitude.");
        }
    }

    @Override
    public NDArray compute(NDList inputs) {
        return inputs.head().stopGradient().abs().max();
    }
}
