package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.github.djlqat.kernel.Kernels;
import java.util.Objects;

/** Observers that are fed aside and taken over only when all data has been seen. */
final class Calibration implements AutoCloseable {

    private final QuantizedBlock block;
    private final NDManager manager;
    private final Kernels kernels;
    private final CalibrationInterceptor interceptor;
    private boolean fed;

    Calibration(QuantizedBlock block, NDManager manager) {
        this.block = block;
        this.manager = manager;
        this.kernels = Kernels.forManager(manager);
        this.interceptor = new CalibrationInterceptor(block.plan(), kernels, block.estimators());
    }

    void observe(NDList inputs) {
        try (NDManager scope = manager.newSubManager()) {
            NDList copies = new NDList(inputs.size());
            for (NDArray input : inputs) {
                NDArray copy = input.toDevice(manager.getDevice(), true);
                copy.attach(scope);
                copies.add(copy);
            }
            block.intercepted(interceptor).forward(new ParameterStore(scope, false), copies, false);
        }
        fed = true;
    }

    @Override
    public void close() {
        kernels.close();
    }

    void finish() {
        if (!fed) {
            throw new IllegalArgumentException(CalibrationInputs.NONE);
        }
        interceptor
                .observers()
                .forEach(
                        (name, observer) ->
                                Objects.requireNonNull(block.getQuantizers().get(name))
                                        .calibrate(observer));
        interceptor
                .firstValues()
                .forEach(
                        (name, values) ->
                                Objects.requireNonNull(block.estimators().get(name))
                                        .calibrate(values));
    }
}
