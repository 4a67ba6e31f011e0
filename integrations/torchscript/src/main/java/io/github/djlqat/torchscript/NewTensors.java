package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.StorageValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
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
        return create(StorageType.FLOAT, values, shape, Strides.rowMajor(shape), requiresGrad);
    }

    /** Makes a tensor of the type and the memory layout of another of its shape. */
    TensorValue createLike(TensorValue other, float[] values) {
        return create(
                other.storage().type(),
                values,
                other.shape(),
                Strides.like(other.shape(), other.stride()),
                other.requiresGrad());
    }

    private TensorValue create(
            StorageType type,
            float[] values,
            List<Long> shape,
            List<Long> stride,
            boolean requiresGrad) {
        // An empty tensor is a view of no element of one.
        int elements = Math.max(1, values.length);
        FloatRecords record = FloatRecords.ofSize(type, elements);
        Strides strides = new Strides(shape, stride);
        for (float value : values) {
            record.put((int) strides.position(), value);
            strides.next();
        }
        String key = String.valueOf(next++);
        records.put(FOLDER + key, record.array());
        StorageValue storage = new StorageValue(type, key, "cpu", elements);
        return new TensorValue(storage, 0, shape, stride, requiresGrad);
    }

    TorchScriptArchive addTo(TorchScriptArchive archive) {
        TorchScriptArchive result = archive;
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            result = result.with(record.getKey(), record.getValue());
        }
        return result;
    }

    /** Adds them compressed, as pays for numbers of which there are few different ones. */
    TorchScriptArchive addCompressedTo(TorchScriptArchive archive) {
        TorchScriptArchive result = archive;
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            result = result.withCompressed(record.getKey(), record.getValue());
        }
        return result;
    }
}
