package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.intercept.OpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The arguments of a cast that a model asks for itself. */
final class ToType {

    private static final int TYPE = 1;

    private ToType() {}

    static boolean is(OpCall call) {
        return call.op().equals("toType");
    }

    static DataType type(OpCall call) {
        return (DataType) Objects.requireNonNull(call.arguments().get(TYPE));
    }

    static List<@Nullable Object> to(DataType type, OpCall call) {
        List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
        arguments.set(TYPE, type);
        return arguments;
    }
}
