package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The data types of arrays that DJL's PyTorch engine holds. Any other one ends the process. */
final class HeldTypes {

    private static final String ENGINE = "PyTorch";
    private static final Set<DataType> TYPES =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            DataType.FLOAT16,
                            DataType.FLOAT32,
                            DataType.FLOAT64,
                            DataType.COMPLEX64,
                            DataType.UINT8,
                            DataType.INT8,
                            DataType.INT32,
                            DataType.INT64,
                            DataType.BOOLEAN));

    private HeldTypes() {}

    /** Refuses an operation that is asked for an array of another type. */
    static void require(Site site, NDManager manager, List<@Nullable Object> arguments) {
        for (Object argument : arguments) {
            if (argument instanceof DataType type && !TYPES.contains(type) && isNative(manager)) {
                throw new IllegalArgumentException(
                        site
                                + " is asked for an array of "
                                + type
                                + ", which the engine "
                                + ENGINE
                                + " cannot hold; legal are "
                                + TYPES
                                + ".");
            }
        }
    }

    /** Refuses inputs of another type. */
    static void require(NDList inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            NDArray array = inputs.get(i);
            if (!TYPES.contains(array.getDataType()) && isNative(array.getManager())) {
                throw new IllegalArgumentException(
                        "The input "
                                + i
                                + " is of a type that DJL does not know, such as bfloat16, on which operations end the"
                                + " process; legal are "
                                + TYPES
                                + ".");
            }
        }
    }

    private static boolean isNative(NDManager manager) {
        return manager.getEngine().getEngineName().equals(ENGINE);
    }
}
