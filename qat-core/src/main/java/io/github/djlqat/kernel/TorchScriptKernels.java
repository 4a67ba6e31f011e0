package io.github.djlqat.kernel;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.torchscript.TorchScriptArchiveWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kernels in TorchScript, for DJL's PyTorch engine.
 *
 * <p>The source lies in the resource {@code kernels.py} and is loaded when an instance is made. The
 * engine calls the method that an input's name asks for, so an instance keeps one array for each
 * method that is there only for its name.
 */
public final class TorchScriptKernels implements Kernels {

    private static final String RESOURCE = "kernels.py";
    private static final String CLASS_NAME = "Kernels";
    private static final String ENGINE = "PyTorch";

    /**
     * The prefix of an array's name that makes the engine run that method instead of {@code
     * forward}.
     */
    private static final String METHOD_PREFIX = "module_method:";

    private final Model model;
    private final NDManager constants;
    private final Block module;
    private final ParameterStore noParameters;
    private final NDArray infinities;
    private final Map<String, NDArray> methods = new ConcurrentHashMap<>();
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
        // The module holds no tensors, and arrays of no dimensions on the CPU mix with those of any
        // device.
        model = Model.newInstance("kernels", Device.cpu(), ENGINE);
        try {
            byte[] archive = new TorchScriptArchiveWriter(CLASS_NAME, source()).toByteArray();
            model.load(new ByteArrayInputStream(archive));
        } catch (IOException | MalformedModelException e) {
            model.close();
            throw new IllegalStateException(
                    "The TorchScript kernels do not load into this engine.", e);
        }
        module = model.getBlock();
        constants = model.getNDManager().newSubManager();
        noParameters = new ParameterStore(constants, false);
        infinities =
                kept(
                        constants.create(
                                new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}));
        module.initialize(constants, DataType.FLOAT32, new Shape(1));
        // The first call of a TorchScript block initializes the block lazily and without a lock.
        try (NDManager warmUp = constants.newSubManager()) {
            range(warmUp.zeros(new Shape(1)));
        }
    }

    static boolean supports(NDManager manager) {
        return ENGINE.equals(manager.getEngine().getEngineName());
    }

    @Override
    public NDArray fakeQuantize(
            NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        KernelArguments.checkQuantization(x, scale, zeroPoint, qmin, qmax);
        if (readsScale(x, scale)) {
            return call(
                    manager,
                    "fake_quantize_per_tensor",
                    x,
                    scale,
                    zeroPoint,
                    codes(qmin, qmax),
                    infinities);
        }
        return call(manager, "fake_quantize_broadcast", x, scale, zeroPoint, codes(qmin, qmax));
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
                return call(
                        manager,
                        "fake_quantize_learned_per_tensor",
                        x,
                        scale,
                        zeroPoint,
                        codes,
                        infinities,
                        factor);
            }
            return call(
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
        return call(manager, "range", x);
    }

    @Override
    public void close() {
        model.close();
    }

    private NDArray call(NDManager manager, String method, NDArray... arguments) {
        NDList inputs = new NDList(arguments.length + 1);
        NDList aliases = new NDList();
        try {
            for (NDArray argument : arguments) {
                inputs.add(unnamed(argument, aliases));
            }
            // Results attach to the manager of the first input, so the name goes last.
            inputs.add(methods.computeIfAbsent(method, this::methodArray));
            // Training mode leaves it to the caller's gradient collector whether autograd records.
            NDArray result = module.forward(noParameters, inputs, true).singletonOrThrow();
            result.attach(manager);
            return result;
        } finally {
            aliases.close();
        }
    }

    /**
     * Returns the array, or an alias of it where its name would make the engine pack it into a
     * list, tuple or dictionary.
     */
    private static NDArray unnamed(NDArray array, NDList aliases) {
        String name = array.getName();
        if (name == null || name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')) {
            return array;
        }
        NDArray alias = array.reshape(array.getShape());
        aliases.add(alias);
        return alias;
    }

    private NDArray methodArray(String method) {
        NDArray array = kept(constants.create(0f));
        array.setName(METHOD_PREFIX + method);
        return array;
    }

    private NDArray codes(int qmin, int qmax) {
        return codes.computeIfAbsent(
                new Codes(qmin, qmax),
                c -> kept(constants.create(new float[] {c.smallest(), c.largest()})));
    }

    /** Keeps a constant that is made at first use from being closed by a scope of the caller. */
    private static NDArray kept(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    private static String source() {
        try (InputStream in = TorchScriptKernels.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource "
                                + RESOURCE
                                + " is missing beside "
                                + TorchScriptKernels.class
                                + ".");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Codes(int smallest, int largest) {}
}
