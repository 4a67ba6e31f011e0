package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds and reads the tensors that an archive holds. */
final class StoredTensors {

    private static final String DATA = "data/";
    private static final String CONSTANTS = "constants/";
    private static final String BYTE_ORDER = "byteorder";

    private final TorchScriptArchive archive;
    private final TupleValue constants;

    /**
     * Reads the constants.
     *
     * @throws TorchScriptException if they are damaged, or the archive's bytes are in another order
     */
    StoredTensors(TorchScriptArchive archive) {
        this.archive = archive;
        constants = archive.constants();
        if (archive.contains(BYTE_ORDER) && !archive.text(BYTE_ORDER).strip().equals("little")) {
            throw new TorchScriptException(
                    "The archive's numbers are in the byte order \""
                            + archive.text(BYTE_ORDER).strip()
                            + "\"; \"little\" is legal.");
        }
    }

    /**
     * Finds a tensor.
     *
     * @throws TorchScriptException if it is not one of floating-point numbers that can be quantized
     */
    TensorValue require(Origin origin, String name) {
        TensorValue tensor = find(origin);
        if (tensor != null && FloatRecords.reads(tensor.storage().type())) {
            return tensor;
        }
        throw new TorchScriptException(
                "The tensor "
                        + origin.name()
                        + " of "
                        + name
                        + " holds "
                        + (tensor == null ? "no plain tensor" : tensor.storage().type().className())
                        + "; floating-point numbers of 16, 32 and 64 bits can be quantized. Legal is a rule that"
                        + " excludes the layer.");
    }

    /** Finds a tensor, or returns null if the archive has none there. */
    @Nullable TensorValue find(Origin origin) {
        ModuleNode owner = origin.owner();
        PickleValue value;
        if (owner == null) {
            String number = origin.attribute().substring(origin.attribute().lastIndexOf('c') + 1);
            int index = number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : -1;
            value =
                    index >= 0 && index < constants.items().size()
                            ? constants.items().get(index)
                            : null;
        } else {
            value = owner.attribute(origin.attribute());
            if (origin.index() >= 0 && value instanceof ListValue list) {
                value =
                        origin.index() < list.items().size()
                                ? list.items().get(origin.index())
                                : null;
            }
        }
        return value instanceof TensorValue tensor ? tensor : null;
    }

    /** Reads a tensor in row-major order. */
    float[] read(TensorValue tensor, Origin origin) {
        return read(tensor, origin.owner() == null ? CONSTANTS : DATA);
    }

    /** Reads a tensor of the module, rather than a constant, in row-major order. */
    float[] read(TensorValue tensor) {
        return read(tensor, DATA);
    }

    private float[] read(TensorValue tensor, String folder) {
        String record = folder + tensor.storage().key();
        FloatRecords stored = new FloatRecords(tensor.storage().type(), archive.bytes(record));
        float[] values = new float[Math.toIntExact(tensor.elements())];
        Strides strides = new Strides(tensor.shape(), tensor.stride());
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.get(Math.toIntExact(tensor.offset() + strides.position()));
            strides.next();
        }
        return values;
    }

    /** The same tensor with its last two axes swapped. */
    static TensorValue swapped(TensorValue tensor) {
        return new TensorValue(
                tensor.storage(),
                tensor.offset(),
                swapped(tensor.shape()),
                swapped(tensor.stride()),
                tensor.requiresGrad());
    }

    private static List<Long> swapped(List<Long> sizes) {
        if (sizes.size() < 2) {
            return sizes;
        }
        Long[] copy = sizes.toArray(new Long[0]);
        int last = copy.length - 1;
        copy[last] = sizes.get(last - 1);
        copy[last - 1] = sizes.get(last);
        return List.of(copy);
    }
}
