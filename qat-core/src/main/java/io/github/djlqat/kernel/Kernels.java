package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * The tensor operations that quantization-aware training spends its time in.
 *
 * <p>All arrays are single precision and live on one device. A scale and its zero point have the
 * same shape: one element for the whole tensor, or the rank of the input with every dimension 1 or
 * the input's, such as {@code (C, 1, 1, 1)} for one scale per output channel. Scales must be
 * positive, at least {@link Float#MIN_NORMAL}, and zero points integers; neither is checked, for
 * reading them would stall a GPU.
 *
 * <p>Results attach to the input's manager unless one is given. Implementations are safe for use by
 * several threads.
 */
public interface Kernels extends AutoCloseable {

    /**
     * Returns the fastest kernels of a manager's engine.
     *
     * @param manager a manager of the engine that the arrays will live in
     * @return the kernels, to be closed by the caller
     */
    static Kernels forManager(NDManager manager) {
        return TorchScriptKernels.supports(manager)
                ? new TorchScriptKernels(manager)
                : new NDArrayKernels();
    }

    /**
     * Quantizes and dequantizes an array, with the straight-through gradient.
     *
     * <p>\( y = (\mathrm{clamp}(\mathrm{rint}(x \cdot (1/s)) + z, q_{min}, q_{max}) - z) \cdot s
     * \), rounding half to even, and \( dx = dy \cdot [(q_{min} - z) s \le x \le (q_{max} - z) s]
     * \). Infinities saturate; NaN stays NaN. No gradient reaches the scale. A zero may carry
     * either sign.
     *
     * @param manager the manager that the result attaches to
     * @param x the input, float32 of any shape
     * @param scale the scale \( s \), float32
     * @param zeroPoint the zero point \( z \), float32 of the scale's shape
     * @param qmin the smallest code
     * @param qmax the largest code
     * @return an array of the input's shape
     * @throws IllegalArgumentException if an array is not a dense float32 array, a shape does not
     *     fit, devices differ or the codes are empty
     */
    NDArray fakeQuantize(
            NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax);

    /**
     * Quantizes and dequantizes an array, with a gradient to the scale: learned step size
     * quantization.
     *
     * <p>The forward and the gradient to the input are those of {@link #fakeQuantize}; the gradient
     * to the scale is \( ds = g \sum dy \cdot c \) over the elements that share the scale, where \(
     * c \) is \( q_{min} - z \) below the range, \( q_{max} - z \) above it and \(
     * \mathrm{rint}(x/s) - x/s \) inside.
     *
     * @param manager the manager that the result attaches to
     * @param x the input, float32 of any shape
     * @param scale the scale \( s \), float32
     * @param zeroPoint the zero point \( z \), float32 of the scale's shape; a constant
     * @param qmin the smallest code
     * @param qmax the largest code
     * @param gradientScale the factor \( g \) of the scale's gradient, usually \( 1 / \sqrt{n
     *     q_{max}} \)
     * @return an array of the input's shape
     * @throws IllegalArgumentException as {@link #fakeQuantize}, or if the gradient scale is not
     *     finite
     * @see <a href="https://arxiv.org/abs/1902.08153">Esser et al., Learned Step Size
     *     Quantization</a>
     */
    NDArray fakeQuantizeLearned(
            NDManager manager,
            NDArray x,
            NDArray scale,
            NDArray zeroPoint,
            int qmin,
            int qmax,
            float gradientScale);

    /**
     * Returns the least and the greatest element, without a gradient. NaN if any element is NaN.
     *
     * @param manager the manager that the result attaches to
     * @param x the input, float32, with at least one element
     * @return an array of shape (2)
     * @throws IllegalArgumentException if the array is empty or not a dense float32 array
     */
    NDArray range(NDManager manager, NDArray x);

    /**
     * Runs a computation that is given as a value, such as a gradient estimator or the rounding to
     * a number format.
     *
     * @param manager the manager that the result attaches to
     * @param kernel the computation
     * @param inputs its inputs
     * @return the result
     * @throws IllegalArgumentException if the computation refuses the inputs
     */
    NDArray run(NDManager manager, TensorKernel kernel, NDList inputs);

    /**
     * {@link #run(NDManager, TensorKernel, NDList)} with the manager of the first input.
     *
     * @param kernel the computation
     * @param inputs its inputs, at least one
     * @return the result
     * @throws IllegalArgumentException if the computation refuses the inputs
     */
    default NDArray run(TensorKernel kernel, NDArray... inputs) {
        return run(inputs[0].getManager(), kernel, new NDList(inputs));
    }

    /**
     * {@link #fakeQuantize(NDManager, NDArray, NDArray, NDArray, int, int)} with the input's
     * manager.
     *
     * @param x the input
     * @param scale the scale
     * @param zeroPoint the zero point
     * @param qmin the smallest code
     * @param qmax the largest code
     * @return an array of the input's shape
     */
    default NDArray fakeQuantize(NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        return fakeQuantize(x.getManager(), x, scale, zeroPoint, qmin, qmax);
    }

    /**
     * {@link #fakeQuantizeLearned(NDManager, NDArray, NDArray, NDArray, int, int, float)} with the
     * input's manager.
     *
     * @param x the input
     * @param scale the scale
     * @param zeroPoint the zero point
     * @param qmin the smallest code
     * @param qmax the largest code
     * @param gradientScale the factor of the scale's gradient
     * @return an array of the input's shape
     */
    default NDArray fakeQuantizeLearned(
            NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax, float gradientScale) {
        return fakeQuantizeLearned(x.getManager(), x, scale, zeroPoint, qmin, qmax, gradientScale);
    }

    /**
     * {@link #range(NDManager, NDArray)} with the input's manager.
     *
     * @param x the input
     * @return an array of shape (2)
     */
    default NDArray range(NDArray x) {
        return range(x.getManager(), x);
    }

    /** Frees native memory. The kernels must not be used afterwards. */
    @Override
    void close();
}
