package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the tensors that an archive holds. */
final class StoredTensors {

    private static final String DATA = "data/";
    private static final String CONSTANTS = "constants/";

    private final TorchScriptArchive archive;
    private final TupleValue constants;

    StoredTensors(TorchScriptArchive archive) {
        this.archive = archive;
        constants = archive.constants();
    }

    /**
     * Finds a tensor.
     *
     * @throws TorchScriptException if it is not one of 32-bit floats
     */
    TensorValue require(Origin origin, String name) {
        PickleValue value = find(origin);
        if (value instanceof TensorValue tensor && tensor.storage().type() == StorageType.FLOAT) {
            return tensor;
        }
        throw new TorchScriptException(
                "The tensor "
                        + origin.name()
                        + " of "
                        + name
                        + " holds "
                        + (value instanceof TensorValue tensor
                                ? tensor.storage().type().className()
                                : "no plain tensor")
                        + "; 32-bit floats can be quantized. Legal is a rule that excludes the layer.");
    }

    private @Nullable PickleValue find(Origin origin) {
        ModuleNode owner = origin.owner();
        if (owner == null) {
            String number = origin.attribute().substring(origin.attribute().lastIndexOf('c') + 1);
            int index = number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : -1;
            return index >= 0 && index < constants.items().size()
                    ? constants.items().get(index)
                    : null;
        }
        PickleValue value = owner.attribute(origin.attribute());
        return origin.index() >= 0 && value instanceof ListValue list
                ? list.items().get(origin.index())
                : value;
    }

    /** Reads a tensor in row-major order. */
    float[] read(TensorValue tensor, Origin origin) {
        String record = (origin.owner() == null ? CONSTANTS : DATA) + tensor.storage().key();
        FloatBuffer stored =
                ByteBuffer.wrap(archive.bytes(record))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        float[] values = new float[Math.toIntExact(tensor.elements())];
        long[] index = new long[tensor.shape().size()];
        for (int i = 0; i < values.length; i++) {
            long at = tensor.offset();
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * tensor.stride().get(axis);
            }
            values[i] = stored.get(Math.toIntExact(at));
            increment(index, tensor.shape());
        }
        return values;
    }

    private static void increment(long[] index, List<Long> shape) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (++index[axis] < shape.get(axis)) {
                return;
            }
            index[axis] = 0;
        }
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
