package io.github.djlqat.kernel;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kernels in TorchScript, for DJL's PyTorch engine.
 *
 * <p>Sources lie in resources, {@code kernels.py} for the methods of {@link Kernels}, and are
 * loaded when they are first needed.
 */
public final class TorchScriptKernels implements Kernels {

    private static final ScriptModule INTEGERS =
            new ScriptModule(TorchScriptKernels.class, "kernels.py");
    private static final String ENGINE = "PyTorch";

    private final TorchScriptModule integers;
    private final NDManager constants;
    private final ConstantArrays constantArrays;
    private final NDArray infinities;
    private final Map<ScriptModule, TorchScriptModule> modules = new ConcurrentHashMap<>();
    private final Map<Codes, NDArray> codes = new ConcurrentHashMap<>();

    /**
     * Loads the kernels.
     *
     * @param manager a manager of the engine that the arrays will live in
     * @throws IllegalArgumentException if the engine does not run TorchScript
     */
    public TorchScriptKernels(NDManager manager) {
        if (!supports(manager)) {
            throw new IllegalArgumentException(
                    "The engine "
                            + manager.getEngine().getEngineName()
                            + " does not run TorchScript; "
                            + ENGINE
                            + " does.");
        }
        integers = new TorchScriptModule(INTEGERS, ENGINE);
        modules.put(INTEGERS, integers);
        constants = integers.constants();
        constantArrays = new ConstantArrays(constants);
        infinities =
                TorchScriptModule.kept(
                        constants.create(
                                new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}));
    }

    static boolean supports(NDManager manager) {
        return ENGINE.equals(manager.getEngine().getEngineName());
    }

    @Override
    public NDArray run(NDManager manager, TensorKernel kernel, NDList inputs) {
        kernel.check(inputs);
        ScriptMethod script = kernel.script();
        TorchScriptModule module =
                modules.computeIfAbsent(
                        script.module(), source -> new TorchScriptModule(source, ENGINE));
        NDArray[] arguments = inputs.toArray(new NDArray[0]);
        if (kernel.constants().length == 0) {
            return module.call(manager, script.name(), arguments);
        }
        try {
            return constantArrays.with(
                    kernel,
                    last -> {
                        NDArray[] all = Arrays.copyOf(arguments, arguments.length + 1);
                        all[arguments.length] = last;
                        return module.call(manager, script.name(), all);
                    });
        } finally {
            // The constants go with the model of another module than the one that is called.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public NDArray fakeQuantize(
            NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        KernelArguments.checkQuantization(x, scale, zeroPoint, qmin, qmax);
        if (readsScale(x, scale)) {
            return integers.call(
                    manager,
                    "fake_quantize_per_tensor",
                    x,
                    scale,
                    zeroPoint,
                    codes(qmin, qmax),
                    infinities);
        }
        return integers.call(
                manager, "fake_quantize_broadcast", x, scale, zeroPoint, codes(qmin, qmax));
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
        NDArray codes = codes(qmin, qmax);
        try (NDArray factor = constants.create(gradientScale)) {
            if (readsScale(x, scale)) {
                return integers.call(
                        manager,
                        "fake_quantize_learned_per_tensor",
                        x,
                        scale,
                        zeroPoint,
                        codes,
                        infinities,
                        factor);
            }
            return integers.call(
                    manager, "fake_quantize_learned_broadcast", x, scale, zeroPoint, codes, factor);
        }
    }

    /**
     * Whether the scale may be read to choose a faster method: on an accelerator that would wait
     * for its queue.
     */
    private static boolean readsScale(NDArray x, NDArray scale) {
        return KernelArguments.isPerTensor(scale)
                && x.getDevice().getDeviceType().equals(Device.Type.CPU);
    }

    @Override
    public NDArray range(NDManager manager, NDArray x) {
        KernelArguments.checkRange(x);
        return integers.call(manager, "range", x);
    }

    @Override
    public void close() {
        modules.values().forEach(TorchScriptModule::close);
    }

    private NDArray codes(int qmin, int qmax) {
        return codes.computeIfAbsent(
                new Codes(qmin, qmax),
                c ->
                        TorchScriptModule.kept(
                                constants.create(new float[] {c.smallest(), c.largest()})));
    }

    private record Codes(int smallest, int largest) {}
}
