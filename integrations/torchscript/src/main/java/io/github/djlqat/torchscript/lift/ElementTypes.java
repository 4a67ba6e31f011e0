package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.StorageType;

/** Element types by the numbers and names that TorchScript has for them. */
final class ElementTypes {

    private ElementTypes() {}

    static DataType of(long code) {
        return switch ((int) code) {
            case 0 -> DataType.UINT8;
            case 1 -> DataType.INT8;
            case 3 -> DataType.INT32;
            case 4 -> DataType.INT64;
            case 5 -> DataType.FLOAT16;
            case 6 -> DataType.FLOAT32;
            case 7 -> DataType.FLOAT64;
            case 11 -> DataType.BOOLEAN;
            default ->
                    throw new TorchScriptException(
                            "its element type has the number "
                                    + code
                                    + "; legal are uint8 (0), int8 (1), int32 (3), int64 (4), float16 (5),"
                                    + " float32 (6), float64 (7) and bool (11)");
        };
    }

    static long code(DataType type) {
        return switch (type) {
            case UINT8 -> 0;
            case INT8 -> 1;
            case INT32 -> 3;
            case INT64 -> 4;
            case FLOAT16 -> 5;
            case FLOAT32 -> 6;
            case FLOAT64 -> 7;
            case BOOLEAN -> 11;
            default -> throw new TorchScriptException("tensors of " + type + " are not lifted");
        };
    }

    static DataType of(StorageType type, String name) {
        return switch (type) {
            case UINT8 -> DataType.UINT8;
            case INT8 -> DataType.INT8;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case HALF -> DataType.FLOAT16;
            case FLOAT -> DataType.FLOAT32;
            case DOUBLE -> DataType.FLOAT64;
            case BOOLEAN -> DataType.BOOLEAN;
            default ->
                    throw new TorchScriptException(
                            "The tensor "
                                    + name
                                    + " is of "
                                    + type.className()
                                    + ", which DJL has no arrays of; legal are 8-, 32- and 64-bit ints,"
                                    + " bools, and floats of 16, 32 and 64 bits. Save the model with"
                                    + " float() first.");
        };
    }
}
