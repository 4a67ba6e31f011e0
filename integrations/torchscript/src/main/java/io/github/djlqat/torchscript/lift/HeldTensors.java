package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes parameters of the tensors that an archive holds. */
final class HeldTensors {

    private static final String CONSTANTS = "CONSTANTS.";

    private final TorchScriptArchive archive;
    private final NDManager manager;
    private final Map<String, byte[]> records = new HashMap<>();

    /**
     * What tells whether two tensors are one.
     *
     * @param record the entry of their memory
     * @param offset the position of the first element
     * @param shape the shape
     * @param stride the strides
     */
    record Place(String record, long offset, List<Long> shape, List<Long> stride) {
        static Place of(TensorValue tensor, String name) {
            return new Place(
                    HeldTensors.record(tensor, name),
                    tensor.offset(),
                    tensor.shape(),
                    tensor.stride());
        }
    }

    HeldTensors(TorchScriptArchive archive, NDManager manager) {
        this.archive = archive;
        this.manager = manager;
    }

    private static String record(TensorValue tensor, String name) {
        return (name.startsWith(CONSTANTS) ? "constants/" : "data/") + tensor.storage().key();
    }

    Parameter parameter(TensorValue tensor, String name, boolean trained) {
        String own = name.substring(name.lastIndexOf('.') + 1);
        NDArray array = array(tensor, name);
        Parameter.Type type =
                switch (own) {
                    case "weight" -> Parameter.Type.WEIGHT;
                    case "bias" -> Parameter.Type.BIAS;
                    case "running_mean" -> Parameter.Type.RUNNING_MEAN;
                    case "running_var" -> Parameter.Type.RUNNING_VAR;
                    default -> Parameter.Type.OTHER;
                };
        Parameter parameter =
                Parameter.builder()
                        .setName(own)
                        .setType(type)
                        .optRequiresGrad(trained && array.getDataType().isFloating())
                        .build();
        parameter.setArray(array);
        return parameter;
    }

    /** Reads a tensor without axes. */
    Scalar scalar(TensorValue tensor, String name) {
        DataType type = ElementTypes.of(tensor.storage().type(), name);
        ByteBuffer bytes = bytes(tensor, name, type);
        Object value =
                switch (type) {
                    case FLOAT64 -> bytes.getDouble();
                    case FLOAT32 -> (double) bytes.getFloat();
                    case INT64 -> bytes.getLong();
                    case INT32 -> (long) bytes.getInt();
                    case INT8 -> (long) bytes.get();
                    case UINT8 -> (long) (bytes.get() & 0xff);
                    case BOOLEAN -> bytes.get() != 0;
                    default ->
                            throw new TorchScriptException(
                                    "The constant " + name + " of " + type + " is not lifted.");
                };
        return new Scalar(value, type);
    }

    private NDArray array(TensorValue tensor, String name) {
        DataType type = ElementTypes.of(tensor.storage().type(), name);
        long[] dimensions = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        Shape shape = new Shape(dimensions);
        if (tensor.elements() == 0) {
            return manager.zeros(shape, type);
        }
        ByteBuffer bytes = bytes(tensor, name, type);
        try (NDArray java = manager.create(bytes, shape, type)) {
            // The memory of the array so far belongs to Java.
            return java.duplicate();
        }
    }

    /** Reads a tensor in row-major order. */
    private ByteBuffer bytes(TensorValue tensor, String name, DataType type) {
        int width = type.getNumOfBytes();
        long size = Math.multiplyExact(tensor.elements(), (long) width);
        if (size > Integer.MAX_VALUE - 8) {
            throw new TorchScriptException(
                    "The tensor " + name + " has " + size + " bytes; fewer than 2 GiB are legal.");
        }
        byte[] stored = records.computeIfAbsent(record(tensor, name), archive::bytes);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) size).order(ByteOrder.nativeOrder());
        ByteBuffer source = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        int rank = tensor.shape().size();
        long[] index = new long[rank];
        for (long i = 0; i < tensor.elements(); i++) {
            long at = tensor.offset();
            for (int axis = 0; axis < rank; axis++) {
                at += index[axis] * tensor.stride().get(axis);
            }
            int from = Math.toIntExact(at * width);
            switch (width) {
                case 1 -> bytes.put(source.get(from));
                case 2 -> bytes.putShort(source.getShort(from));
                case 4 -> bytes.putInt(source.getInt(from));
                default -> bytes.putLong(source.getLong(from));
            }
            for (int axis = rank - 1;
                    axis >= 0 && ++index[axis] == tensor.shape().get(axis);
                    axis--) {
                index[axis] = 0;
            }
        }
        return bytes.rewind().order(ByteOrder.nativeOrder());
    }
}
