package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.function.Supplier;

/**
 * Kernels in plain array operations: portable to any engine, and the reference that faster ones are
 * held against.
 */
public final class NDArrayKernels implements Kernels {

    @Override
    public NDArray fakeQuantize(
            NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        KernelArguments.checkQuantization(x, scale, zeroPoint, qmin, qmax);
        return scoped(
                manager, () -> new Quantization(x, scale, zeroPoint, qmin, qmax).straightThrough());
    }

    @Override
    public NDArray fakeQuantizeLearned(
            NDManager manager,
            NDArray x,
            NDArray scale,
            NDArray zeroPoint,
            int qmin,
            int qmax,
            float gradientScale) {
        KernelArguments.checkQuantization(x, scale, zeroPoint, qmin, qmax);
        KernelArguments.checkGradientScale(gradientScale);
        return scoped(
                manager,
                () -> new Quantization(x, scale, zeroPoint, qmin, qmax).learned(gradientScale));
    }

    @Override
    public NDArray range(NDManager manager, NDArray x) {
        KernelArguments.checkRange(x);
        return scoped(
                manager,
                () -> {
                    NDArray values = x.stopGradient();
                    return NDArrays.stack(new NDList(values.min(), values.max()));
                });
    }

    @Override
    public NDArray run(NDManager manager, TensorKernel kernel, NDList inputs) {
        kernel.check(inputs);
        return scoped(manager, () -> kernel.compute(inputs));
    }

    @Override
    public void close() {}

    /**
     * Runs a computation, frees all arrays it made but the result, and gives the result to the
     * manager.
     */
    private static NDArray scoped(NDManager manager, Supplier<NDArray> computation) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = computation.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        result.attach(manager);
        return result;
    }

    /** The parts of one quantization. */
    private static final class Quantization {
        private final NDArray x;
        private final NDArray scale;
        private final NDArray step;
        private final NDArray outside;
        private final NDArray quantized;

        Quantization(NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
            boolean perTensor = KernelArguments.isPerTensor(scale);
            this.x = x;
            this.scale = perTensor ? scale.reshape(new Shape()) : scale;
            step = this.scale.stopGradient();
            NDArray zero = (perTensor ? zeroPoint.reshape(new Shape()) : zeroPoint).stopGradient();
            NDArray lowest = zero.neg().add(qmin);
            NDArray highest = zero.neg().add(qmax);
            NDArray values = x.stopGradient();
            outside = values.lt(lowest.mul(step)).logicalOr(values.gt(highest.mul(step)));
            quantized =
                    values.mul(step.onesLike().div(step))
                            .round()
                            .maximum(lowest)
                            .minimum(highest)
                            .mul(step);
        }

        /** The quantized values plus a zero whose derivative is 1 inside the range. */
        NDArray straightThrough() {
            NDArray inside = NDArrays.where(outside, x.zerosLike(), x);
            return quantized.add(inside.sub(inside.stopGradient()));
        }

        /**
         * Adds a zero whose derivative by the scale is that of the quantizer with the rounding
         * error held constant.
         */
        NDArray learned(float gradientScale) {
            NDArray values = x.stopGradient();
            NDArray slope = NDArrays.where(outside, quantized, quantized.sub(values)).div(step);
            return straightThrough().add(slope.mul(scale.sub(step).mul(gradientScale)));
        }
    }
}
