package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.Expression.Argument;
import java.util.HashSet;
import java.util.Set;

/** What PyTorch's functions do to a stored tensor that is passed to them. */
final class TensorFunctions {

    /** Functions that look at a tensor's form alone. */
    private static final Set<String> QUERIES =
            Set.of(
                    "size",
                    "dim",
                    "numel",
                    "len",
                    "stride",
                    "is_contiguous",
                    "storage_offset",
                    "__is__",
                    "__isnot__",
                    "is_floating_point",
                    "is_complex");

    /** The same among those in {@code ops.prim}. */
    private static final Set<String> PRIMITIVE_QUERIES =
            Set.of("dtype", "device", "is_cuda", "layout", "requires_grad", "is_nested", "type");

    /** Functions that change the list that is their first argument. */
    private static final Set<String> LIST_CHANGES =
            Set.of(
                    "append",
                    "extend",
                    "insert",
                    "pop",
                    "remove",
                    "reverse",
                    "sort",
                    "clear",
                    "Delete",
                    "_set_item");

    private static final String PRIMITIVES = "ops.prim.";

    private TensorFunctions() {}

    /** Whether a function of {@code torch} looks at a tensor's form alone. */
    static boolean isQuery(String function) {
        return QUERIES.contains(function);
    }

    /** Whether a function by its whole name looks at a tensor's form alone. */
    static boolean isPrimitiveQuery(String function) {
        return function.startsWith(PRIMITIVES)
                && PRIMITIVE_QUERIES.contains(function.substring(PRIMITIVES.length()));
    }

    static boolean changesList(String function) {
        return LIST_CHANGES.contains(function);
    }

    /** What a function of {@code torch} returns that passes a stored tensor on. */
    static Value sameTensor(String function, Expression.Call call, Value.Stored stored, int rank) {
        return switch (function) {
            case "contiguous", "detach", "alias" -> stored;
            case "t", "numpy_T" -> swapped(stored);
            case "transpose" -> swapsLastTwo(call, rank) ? swapped(stored) : Value.COMPUTED;
            default -> Value.COMPUTED;
        };
    }

    private static Value swapped(Value.Stored stored) {
        return new Value.Stored(stored.origin(), !stored.swapped());
    }

    private static boolean swapsLastTwo(Expression.Call call, int rank) {
        Set<String> axes = new HashSet<>();
        for (Argument argument : call.arguments().subList(1, call.arguments().size())) {
            axes.add(
                    argument.value() instanceof Expression.Literal literal
                            ? literal.text()
                            : argument.value() instanceof Expression.Compound compound
                                            && compound.parts().size() == 1
                                            && compound.parts().get(0)
                                                    instanceof Expression.Literal literal
                                    ? "-" + literal.text()
                                    : "");
        }
        return rank == 2 && axes.equals(Set.of("0", "1")) || axes.equals(Set.of("-1", "-2"));
    }
}
