package io.github.djlqat.samples.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.kernel.FloatRounding;
import io.github.djlqat.kernel.Kernels;

/** Kernels on one array of normally distributed numbers. */
public final class KernelWork implements AutoCloseable {

    /** The number of floats of the array. */
    public static final int FLOATS = 4_000_000;

    private static final int CHANNELS = 1_000;

    private final NDManager manager = NDManager.newBaseManager();
    private final Kernels kernels = Kernels.forManager(manager);
    private final NDArray x =
            manager.randomNormal(new Shape(CHANNELS, FLOATS / CHANNELS), DataType.FLOAT32);
    private final Nf4Work nf4 = new Nf4Work(x, manager.create(x.getShape()));
    private final NDArray scale = manager.create(new float[] {0.03f});
    private final NDArray zeroPoint = manager.create(new float[] {0});
    private final NDArray wholeZeroPoint = manager.create(new int[] {0});
    private final NDArray scales = manager.full(new Shape(CHANNELS, 1), 0.03f);
    private final NDArray zeroPoints = manager.zeros(new Shape(CHANNELS, 1));
    private final NDArray flatScales = manager.full(new Shape(CHANNELS), 0.03f);
    private final NDArray wholeZeroPoints = manager.zeros(new Shape(CHANNELS), DataType.INT32);

    /**
     * Runs a kernel once, backward too if it trains.
     *
     * @param variant the kernel
     * @return the time it took until its memory was free again, in nanoseconds
     */
    public long run(KernelVariant variant) {
        NDManager scope = manager.newSubManager();
        long start = System.nanoTime();
        try (scope) {
            switch (variant) {
                case TORCH_INT8_PER_TENSOR,
                        INT8_PER_TENSOR,
                        TORCH_INT8_PER_CHANNEL,
                        INT8_PER_CHANNEL ->
                        train(scope, variant);
                case NF4_ENCODE -> nf4.encode();
                case NF4_DECODE -> nf4.decode();
                default -> forward(scope, variant, x);
            }
        }
        return System.nanoTime() - start;
    }

    private void train(NDManager scope, KernelVariant variant) {
        // A leaf of its own, which shares the memory, so that gradients are not added up.
        NDArray leaf = x.stopGradient();
        leaf.attach(scope);
        leaf.setRequiresGradient(true);
        try (GradientCollector collector =
                Engine.getEngine(Engine.getDefaultEngineName()).newGradientCollector()) {
            collector.backward(forward(scope, variant, leaf));
        }
        leaf.getGradient().close();
    }

    private NDArray forward(NDManager scope, KernelVariant variant, NDArray input) {
        return switch (variant) {
            case COPY -> reference(scope, "copy", input);
            case TORCH_INT8_PER_TENSOR ->
                    reference(scope, "fake_quantize_per_tensor", input, scale, wholeZeroPoint);
            case INT8_PER_TENSOR -> kernels.fakeQuantize(scope, input, scale, zeroPoint, -128, 127);
            case TORCH_INT8_PER_CHANNEL ->
                    reference(
                            scope, "fake_quantize_per_channel", input, flatScales, wholeZeroPoints);
            case INT8_PER_CHANNEL ->
                    kernels.fakeQuantize(scope, input, scales, zeroPoints, -128, 127);
            case TORCH_E4M3 -> reference(scope, "cast_e4m3", input);
            case E4M3 -> round(scope, FloatFormat.FLOAT8_E4M3FN, input);
            case TORCH_E5M2 -> reference(scope, "cast_e5m2", input);
            case E5M2 -> round(scope, FloatFormat.FLOAT8_E5M2, input);
            case NF4_ENCODE, NF4_DECODE ->
                    throw new IllegalArgumentException(variant + " is no kernel of arrays.");
        };
    }

    private NDArray round(NDManager scope, FloatFormat format, NDArray input) {
        return kernels.run(scope, FloatRounding.of(format), new NDList(input));
    }

    private NDArray reference(NDManager scope, String name, NDArray... inputs) {
        return kernels.run(scope, new ReferenceKernel(name), new NDList(inputs));
    }

    @Override
    public void close() {
        kernels.close();
        manager.close();
    }
}
