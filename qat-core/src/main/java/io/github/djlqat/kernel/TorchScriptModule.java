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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A loaded TorchScript module without tensors.
 *
 * <p>The engine calls the method that an input's name asks for, so a module keeps one array for
 * each method that is there only for its name.
 */
final class TorchScriptModule implements AutoCloseable {

    private static final String CLASS_NAME = "Kernels";

    /**
     * The prefix of an array's name that makes the engine run that method instead of {@code
     * forward}.
     */
    private static final String METHOD_PREFIX = "module_method:";

    private final Model model;
    private final NDManager constants;
    private final Block block;
    private final ParameterStore noParameters;
    private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

    private volatile boolean called;

    TorchScriptModule(ScriptModule source, String engine) {
        // The module holds no tensors, and arrays of no dimensions on the CPU mix with those of any
        // device.
        model = Model.newInstance(source.resource(), Device.cpu(), engine);
        try {
            byte[] archive = new ScriptModuleArchive(CLASS_NAME, source.source()).toByteArray();
            model.load(new ByteArrayInputStream(archive));
        } catch (IOException | MalformedModelException e) {
            model.close();
            throw new IllegalStateException(
                    "The TorchScript kernels of "
                            + source.resource()
                            + " do not load into this engine.",
                    e);
        }
        block = model.getBlock();
        constants = model.getNDManager().newSubManager();
        noParameters = new ParameterStore(constants, false);
        block.initialize(constants, DataType.FLOAT32, new Shape(1));
    }

    /** A manager of arrays that live as long as the module. */
    NDManager constants() {
        return constants;
    }

    NDArray call(NDManager manager, String method, NDArray... arguments) {
        NDList inputs = new NDList(arguments.length + 1);
        NDList aliases = new NDList();
        try {
            for (NDArray argument : arguments) {
                inputs.add(unnamed(argument, aliases));
            }
            // Results attach to the manager of the first input, so the name goes last.
            inputs.add(methods.computeIfAbsent(method, this::methodArray));
            NDArray result = forward(inputs);
            result.attach(manager);
            return result;
        } finally {
            aliases.close();
            // The finalizer of a model that nothing holds any more closes it, even during a call.
            Reference.reachabilityFence(this);
        }
    }

    private NDArray forward(NDList inputs) {
        if (!called) {
            // The first call of a TorchScript block initializes the block, and takes no lock.
            synchronized (this) {
                NDArray result = forwardUnlocked(inputs);
                called = true;
                return result;
            }
        }
        return forwardUnlocked(inputs);
    }

    private NDArray forwardUnlocked(NDList inputs) {
        // Training mode leaves it to the caller's gradient collector whether autograd records.
        return block.forward(noParameters, inputs, true).singletonOrThrow();
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

    /** Keeps a constant that is made at first use from being closed by a scope of the caller. */
    static NDArray kept(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    @Override
    public void close() {
        model.close();
    }
}
