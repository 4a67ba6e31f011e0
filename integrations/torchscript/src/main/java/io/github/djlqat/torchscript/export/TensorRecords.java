package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.StorageValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The records of an archive that hold the elements of tensors. */
final class TensorRecords {

    private final List<byte[]> records = new ArrayList<>();

    TensorValue add(StorageType type, Shape shape, byte[] bytes, boolean trained) {
        String key = Integer.toString(records.size());
        records.add(bytes);
        List<Long> sizes = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (int i = shape.dimension() - 1; i >= 0; i--) {
            sizes.add(0, shape.get(i));
            strides.add(0, stride);
            stride *= Math.max(1, shape.get(i));
        }
        StorageValue storage = new StorageValue(type, key, "cpu", bytes.length / type.bytes());
        return new TensorValue(storage, 0, sizes, strides, trained);
    }

    TensorValue add(Shape shape, float[] values, boolean trained) {
        ByteBuffer bytes = buffer(values.length, Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return add(StorageType.FLOAT, shape, bytes.array(), trained);
    }

    TensorValue add(Shape shape, double[] values) {
        ByteBuffer bytes = buffer(values.length, Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return add(StorageType.DOUBLE, shape, bytes.array(), false);
    }

    TensorValue add(Shape shape, long[] values) {
        ByteBuffer bytes = buffer(values.length, Long.BYTES);
        bytes.asLongBuffer().put(values);
        return add(StorageType.INT64, shape, bytes.array(), false);
    }

    TensorValue add(Shape shape, int[] values) {
        ByteBuffer bytes = buffer(values.length, Integer.BYTES);
        bytes.asIntBuffer().put(values);
        return add(StorageType.INT32, shape, bytes.array(), false);
    }

    TensorValue add(Shape shape, boolean[] values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return add(StorageType.BOOLEAN, shape, bytes, false);
    }

    TorchScriptArchive addTo(TorchScriptArchive archive) {
        TorchScriptArchive result = archive;
        for (int i = 0; i < records.size(); i++) {
            result = result.with("data/" + i, records.get(i));
        }
        return result;
    }

    private static ByteBuffer buffer(int elements, int size) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, size))
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
