package io.github.djlqat.samples.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.ScriptModule;
import io.github.djlqat.kernel.TensorKernel;

/** One of PyTorch's own kernels. */
record ReferenceKernel(String name) implements TensorKernel {

    private static final ScriptModule MODULE =
            new ScriptModule(ReferenceKernel.class, "references.py");

    @Override
    public ScriptMethod script() {
        return new ScriptMethod(MODULE, name);
    }

    @Override
    public void check(NDList inputs) {}

    @Override
    public NDArray compute(NDList inputs) {
        throw new UnsupportedOperationException(name + " is a kernel of PyTorch.");
    }
}
