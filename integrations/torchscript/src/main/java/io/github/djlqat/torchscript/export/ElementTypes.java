package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.torchscript.error.TorchScriptException;

/** The numbers by which TorchScript knows element types. */
final class ElementTypes {

    static final int FLOAT16 = 5;
    static final int BFLOAT16 = 15;
    static final int FLOAT8_E5M2 = 23;
    static final int FLOAT8_E4M3 = 24;

    static final String INT64 = "4";
    static final String FLOAT32 = "6";
    static final String BOOLEAN = "11";

    private ElementTypes() {}

    /**
     * Returns the number of an element type.
     *
     * @throws TorchScriptException if PyTorch has no such type
     */
    static String number(DataType type) {
        return switch (type) {
            case UINT8 -> "0";
            case INT8 -> "1";
            case INT32 -> "3";
            case INT64 -> INT64;
            case FLOAT16 -> Integer.toString(FLOAT16);
            case FLOAT32 -> FLOAT32;
            case FLOAT64 -> "7";
            case BOOLEAN -> BOOLEAN;
            default ->
                    throw new TorchScriptException(
                            "its data type is "
                                    + type
                                    + "; legal are UINT8, INT8, INT32, INT64, FLOAT16, FLOAT32, FLOAT64 and"
                                    + " BOOLEAN");
        };
    }

    /** The element type of an array that is made of a Java number. */
    static DataType of(Number number) {
        if (number instanceof Integer) {
            return DataType.INT32;
        }
        if (number instanceof Float) {
            return DataType.FLOAT32;
        }
        if (number instanceof Double) {
            return DataType.FLOAT64;
        }
        return number instanceof Byte ? DataType.INT8 : DataType.INT64;
    }
}
