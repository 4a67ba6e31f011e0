package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.StorageValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes tensors that an archive does not have yet. */
final class NewTensors {

    private static final String FOLDER = "data/";

    private final Map<String, byte[]> records = new LinkedHashMap<>();
    private long next;

    NewTensors(TorchScriptArchive archive) {
        for (String name : archive.names()) {
            if (name.matches("data/[0-9]{1,15}")) {
                next = Math.max(next, 1 + Long.parseLong(name.substring(FOLDER.length())));
            }
        }
    }

    TensorValue create(float[] values, List<Long> shape, boolean requiresGrad) {
        // An empty tensor is a view of no element of one.
        float[] stored = values.length == 0 ? new float[1] : values;
        ByteBuffer bytes =
                ByteBuffer.allocate(stored.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(stored);
        String key = String.valueOf(next++);
        records.put(FOLDER + key, bytes.array());
        StorageValue storage = new StorageValue(StorageType.FLOAT, key, "cpu", stored.length);
        return new TensorValue(storage, 0, shape, strides(shape), requiresGrad);
    }

    private static List<Long> strides(List<Long> shape) {
        List<Long> strides = new ArrayList<>(shape);
        long stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides.set(axis, stride);
            stride *= Math.max(1, shape.get(axis));
        }
        return strides;
    }

    TorchScriptArchive addTo(TorchScriptArchive archive) {
        TorchScriptArchive result = archive;
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            result = result.with(record.getKey(), record.getValue());
        }
        return result;
    }
}
