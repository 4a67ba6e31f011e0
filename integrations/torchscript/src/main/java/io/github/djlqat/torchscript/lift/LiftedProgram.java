package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import io.github.djlqat.torchscript.pickle.TaggedValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model of an archive: its source, its modules, and its tensors as parameters. */
final class LiftedProgram {

    private final String name;
    private final Program program;
    private final TupleValue constants;
    private final Module root;
    private final Map<ObjectValue, Module> modules = new IdentityHashMap<>();
    private final Map<TensorValue, Parameter> byTensor = new IdentityHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<Parameter, String> names = new IdentityHashMap<>();
    private final Map<TensorValue, Scalar> scalars = new IdentityHashMap<>();
    private final int version;

    private LiftedProgram(TorchScriptArchive archive, NDManager manager) {
        name = archive.root();
        version = archive.version();
        program = Program.of(archive);
        constants = archive.constants();
        ObjectValue data = archive.data();
        ClassSource source = program.findClass(data.className());
        if (source == null) {
            throw new TorchScriptException(
                    "The model's class " + data.className() + " has no source in the archive.");
        }
        root = new Module("", data, source);
        HeldTensors tensors = new HeldTensors(archive, manager);
        Map<HeldTensors.Place, Parameter> shared = new HashMap<>();
        addModule(root, tensors, shared);
        for (int i = 0; i < constants.items().size(); i++) {
            if (constants.items().get(i) instanceof TensorValue tensor) {
                if (tensor.shape().isEmpty()) {
                    scalars.put(tensor, tensors.scalar(tensor, "CONSTANTS.c" + i));
                } else {
                    add(tensor, "CONSTANTS.c" + i, false, tensors, shared);
                }
            }
        }
    }

    static LiftedProgram of(TorchScriptArchive archive, NDManager manager) {
        return new LiftedProgram(archive, manager);
    }

    private void addModule(
            Module module, HeldTensors tensors, Map<HeldTensors.Place, Parameter> shared) {
        if (modules.put(module.object(), module) != null) {
            return;
        }
        if (module.object().state() instanceof DictionaryValue attributes) {
            for (DictionaryValue.Entry entry : attributes.entries()) {
                if (entry.key() instanceof StringValue key) {
                    addValue(entry.value(), module.nameOf(key.value()), tensors, shared);
                }
            }
        }
    }

    private void addValue(
            PickleValue value,
            String path,
            HeldTensors tensors,
            Map<HeldTensors.Place, Parameter> shared) {
        if (value instanceof TensorValue tensor) {
            add(tensor, path, tensor.requiresGrad(), tensors, shared);
        } else if (value instanceof TaggedValue tagged) {
            addValue(tagged.value(), path, tensors, shared);
        } else if (value instanceof ListValue list) {
            addAll(list.items(), path, tensors, shared);
        } else if (value instanceof TupleValue tuple) {
            addAll(tuple.items(), path, tensors, shared);
        } else if (value instanceof ObjectValue object && !modules.containsKey(object)) {
            ClassSource source = program.findClass(object.className());
            if (source != null) {
                addModule(new Module(path, object, source), tensors, shared);
            }
        }
    }

    private void addAll(
            List<PickleValue> items,
            String path,
            HeldTensors tensors,
            Map<HeldTensors.Place, Parameter> shared) {
        for (int i = 0; i < items.size(); i++) {
            addValue(items.get(i), path + '.' + i, tensors, shared);
        }
    }

    private void add(
            TensorValue tensor,
            String path,
            boolean trained,
            HeldTensors tensors,
            Map<HeldTensors.Place, Parameter> shared) {
        if (byTensor.containsKey(tensor)) {
            return;
        }
        HeldTensors.Place place = HeldTensors.Place.of(tensor, path);
        Parameter parameter = shared.get(place);
        if (parameter == null) {
            parameter = tensors.parameter(tensor, path, trained);
            shared.put(place, parameter);
            parameters.put(path, parameter);
            names.put(parameter, path);
        }
        byTensor.put(tensor, parameter);
    }

    String name() {
        return name;
    }

    Program source() {
        return program;
    }

    /** The version of the archive, which tells what some operations meant. */
    int version() {
        return version;
    }

    Module root() {
        return root;
    }

    /** The parameters and buffers by their names from the root on. */
    Map<String, Parameter> parameters() {
        return parameters;
    }

    String name(Parameter parameter) {
        return names.getOrDefault(parameter, parameter.getName());
    }

    @Nullable Module module(ObjectValue object) {
        return modules.get(object);
    }

    @Nullable Parameter parameter(TensorValue tensor) {
        return byTensor.get(tensor);
    }

    @Nullable Scalar scalar(TensorValue tensor) {
        return scalars.get(tensor);
    }

    /** Returns a constant of the source by its name, such as {@code c0}. */
    PickleValue constant(String constant) {
        if (constant.matches("c[0-9]{1,9}")) {
            int index = Integer.parseInt(constant.substring(1));
            if (index < constants.items().size()) {
                return constants.items().get(index);
            }
        }
        throw new TorchScriptException("the archive has no constant " + constant);
    }
}
