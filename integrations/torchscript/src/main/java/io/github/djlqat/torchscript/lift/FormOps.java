package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tensors are made of, and their conversion. */
final class FormOps {

    /** Stands for a device; where the arrays are is the block's matter. */
    private static final String DEVICE = "device";

    private FormOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("size", FormOps::size);
        table.put("len", call -> call.tensor(0).shape().get(0));
        table.put("dim", call -> (long) call.tensor(0).shape().dimension());
        table.put("ndimension", call -> (long) call.tensor(0).shape().dimension());
        table.put("numel", call -> call.tensor(0).shape().size());
        table.put("dtype", call -> ElementTypes.code(call.tensor(0).type()));
        table.put("is_floating_point", call -> call.tensor(0).type().isFloating());
        table.put("is_complex", call -> false);
        table.put("device", call -> DEVICE);
        // The fused paths of other devices are left alone.
        table.put("type", call -> "cpu");
        table.put("layout", call -> 0L);
        table.put("requires_grad", call -> false);
        for (String never :
                List.of(
                        "is_cuda",
                        "is_sparse",
                        "is_nested",
                        "is_quantized",
                        "is_mkldnn",
                        "is_grad_enabled",
                        "is_autocast_enabled",
                        "is_autocast_cpu_enabled")) {
            table.put(never, call -> false);
        }
        table.put("_assert", call -> null);
        table.put("shape", call -> size(call));
        for (String same :
                List.of(
                        "contiguous",
                        "detach",
                        "alias",
                        "cpu",
                        "cuda",
                        "data",
                        "lift_fresh",
                        "lift_fresh_copy",
                        "resolve_conj",
                        "resolve_neg",
                        "requires_grad_")) {
            table.put(same, call -> call.tensor(0));
        }
        table.put("clone", call -> Tensor.of(call.array(0)));
        table.put("to", FormOps::to);
        table.put("type_as", call -> cast(call, call.tensor(0), call.tensor(1).type()));
        table.put("_to_copy", call -> to(call, call.optionalType(-1, "dtype")));
        table.put("set_grad_enabled", call -> null);
        table.put("manual_seed", call -> null);
    }

    private static Object size(AtenCall call) {
        Shape shape = call.tensor(0).shape();
        if (call.has(1, "dim")) {
            return shape.get(call.axis(1, "dim", shape.dimension()));
        }
        List<@Nullable Object> sizes = new ArrayList<>();
        for (long size : shape.getShape()) {
            sizes.add(size);
        }
        return sizes;
    }

    /** The type is the first argument that is one, whatever stands before it. */
    private static Object to(AtenCall call) {
        if (call.has(-1, "dtype")) {
            return to(call, call.optionalType(-1, "dtype"));
        }
        for (int i = 1; i < Math.min(3, call.size()); i++) {
            Object value = call.get(i, "");
            if (value instanceof Tensor other) {
                return to(call, other.type());
            }
            if (value instanceof Long) {
                return to(call, call.optionalType(i, "dtype"));
            }
        }
        return call.get(0, "") instanceof Scalar scalar ? scalar : call.tensor(0);
    }

    private static Object to(AtenCall call, @Nullable DataType type) {
        Object value = call.get(0, "");
        if (value instanceof Scalar scalar && type != null) {
            Number number = scalar.number();
            Object converted =
                    type.isFloating()
                            ? (Object) number.doubleValue()
                            : type == DataType.BOOLEAN
                                    ? (Object) (number.doubleValue() != 0)
                                    : (Object) number.longValue();
            return new Scalar(converted, type);
        }
        Tensor tensor = call.tensor(0);
        return type == null ? tensor : cast(call, tensor, type);
    }

    /** Converts a tensor. */
    static Tensor cast(AtenCall call, Tensor tensor, DataType type) {
        if (tensor.type() == type) {
            return tensor;
        }
        return Tensor.of(cast(call, tensor.array(), type));
    }

    static NDArray cast(AtenCall call, NDArray array, DataType type) {
        if (array.getDataType() == type) {
            return array;
        }
        if (call.training() && array.getDataType().isFloating() && type.isFloating()) {
            throw new TorchScriptException(
                    "a conversion from "
                            + array.getDataType()
                            + " to "
                            + type
                            + " has no gradient in DJL; in training, floats of one type are legal");
        }
        call.reserved(array.getShape().getShape());
        return array.toType(type, false);
    }
}
