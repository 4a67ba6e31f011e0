package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Slicing, picking, and writing to a part. */
final class IndexingOps {

    private IndexingOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("select", IndexingOps::select);
        table.put("slice", IndexingOps::slice);
        table.put("narrow", IndexingOps::narrow);
        table.put("index", IndexingOps::index);
        table.put("index_select", IndexingOps::indexSelect);
        table.put("gather", IndexingOps::gather);
        table.put("take", IndexingOps::take);
        table.put("copy_", IndexingOps::copy);
        table.put("fill_", call -> write(call, call.get(1, "value")));
        table.put("zero_", call -> write(call, 0L));
    }

    private static NDIndex before(int axis) {
        NDIndex index = new NDIndex();
        for (int i = 0; i < axis; i++) {
            index.addAllDim();
        }
        return index;
    }

    /** Returns the elements from one position to another of an axis. */
    static NDArray slice(NDArray x, int axis, long from, long to, long step) {
        if (from == 0 && to == x.getShape().get(axis) && step == 1) {
            return x;
        }
        NDIndex index = before(axis);
        if (step == 1) {
            index.addSliceDim(from, to);
        } else {
            index.addSliceDim(from, to, step);
        }
        return x.get(index);
    }

    // (self, dim, index)
    private static Tensor select(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(1, "dim", tensor.shape().dimension());
        long size = tensor.shape().dimension() == 0 ? 0 : tensor.shape().get(axis);
        long asked = call.integer(2, "index");
        long at = Expressions.position(asked, Math.toIntExact(size));
        // A position from the end stays there at any size.
        long position = asked < 0 ? asked : at;
        return tensor.view(
                x -> x.get(before(axis).addIndices(position)),
                (whole, changed) -> replace(whole, axis, at, changed.expandDims(axis)));
    }

    // (self, dim, start, end, step)
    private static Tensor slice(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(1, "dim", 0, tensor.shape().dimension());
        long size = tensor.shape().get(axis);
        long from = bound(call.integer(2, "start", 0), size);
        long to = Math.max(from, bound(call.integer(3, "end", Long.MAX_VALUE), size));
        return part(call, tensor, axis, from, to, call.integer(4, "step", 1));
    }

    private static Tensor part(
            AtenCall call, Tensor tensor, int axis, long from, long to, long step) {
        if (step < 1) {
            throw call.refusal("its step is " + step + "; legal is 1 and more");
        }
        return tensor.view(
                x -> slice(x, axis, from, to, step),
                (whole, changed) -> {
                    if (step != 1) {
                        throw call.refusal("a slice with a step is written into");
                    }
                    return replace(whole, axis, from, changed);
                });
    }

    private static long bound(long at, long size) {
        return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    }

    static NDArray replace(NDArray whole, int axis, long from, NDArray part) {
        long to = from + part.getShape().get(axis);
        long size = whole.getShape().get(axis);
        NDArray result = part;
        if (from > 0) {
            result = slice(whole, axis, 0, from, 1).concat(result, axis);
        }
        return to < size ? result.concat(slice(whole, axis, to, size, 1), axis) : result;
    }

    // (self, dim, start, length)
    private static Tensor narrow(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(1, "dim", tensor.shape().dimension());
        long size = tensor.shape().get(axis);
        long from = call.integer(2, "start");
        long positive = from < 0 ? from + size : from;
        long length = call.integer(3, "length");
        if (positive < 0 || length < 0 || positive + length > size) {
            throw call.refusal(
                    length + " elements from " + from + " on of an axis of " + size + " are taken");
        }
        return part(call, tensor, axis, positive, positive + length, 1);
    }

    // (self, indices): one tensor of indices, None for whole axes
    private static Tensor index(AtenCall call) {
        NDArray x = call.array(0);
        List<@Nullable Object> indices = ListOps.list(call, 1);
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            if (indices.get(i) != null) {
                axes.add(i);
            }
        }
        if (axes.size() == 1 && indices.get(axes.get(0)) instanceof Tensor index) {
            int axis = axes.get(0);
            if (index.type().isInteger()) {
                return Tensor.of(pick(call, x, axis, index.array()));
            }
            if (index.type() == DataType.BOOLEAN && axis == 0) {
                return Tensor.of(x.get(new NDIndex("{}", index.array())));
            }
        }
        throw call.refusal(
                "it indexes "
                        + axes.size()
                        + " axes at once; legal is one tensor of ints for one axis, whole axes before it");
    }

    /** Picks along an axis; the indices may have several axes. */
    private static NDArray pick(AtenCall call, NDArray x, int axis, NDArray indices) {
        if (axis >= x.getShape().dimension()) {
            throw call.refusal("axis " + axis + " of a tensor of shape " + x.getShape());
        }
        Shape shape = x.getShape();
        Shape picked =
                shape.slice(0, axis).addAll(indices.getShape()).addAll(shape.slice(axis + 1));
        call.budget().reserve(picked);
        NDArray flat = indices.getShape().dimension() == 1 ? indices : indices.reshape(-1);
        NDArray rows = x.get(before(axis).addIndices("{}", flat));
        return indices.getShape().dimension() == 1 ? rows : rows.reshape(picked);
    }

    // (self, dim, index)
    private static Tensor indexSelect(AtenCall call) {
        NDArray x = call.array(0);
        return Tensor.of(
                pick(call, x, call.axis(1, "dim", x.getShape().dimension()), call.array(2)));
    }

    // (self, dim, index, sparse_grad)
    private static Tensor gather(AtenCall call) {
        NDArray x = call.array(0);
        NDArray index = call.array(2);
        if (index.getShape().dimension() != x.getShape().dimension()) {
            throw call.refusal("legal are indices with as many axes as " + x.getShape());
        }
        call.reserved(index.getShape().getShape());
        return Tensor.of(x.gather(index, call.axis(1, "dim", x.getShape().dimension())));
    }

    private static Tensor take(AtenCall call) {
        call.reserved(call.tensor(1).shape().getShape());
        return Tensor.of(call.array(0).take(call.array(1)));
    }

    private static Tensor copy(AtenCall call) {
        return write(call, call.get(1, "src"));
    }

    private static Tensor write(AtenCall call, @Nullable Object value) {
        Tensor target = call.tensor(0);
        NDArray elements;
        if (value instanceof Tensor source) {
            NDArray cast = FormOps.cast(call, source.array(), target.type());
            if (!Numbers.broadcast(call, target.shape(), cast.getShape()).equals(target.shape())) {
                throw call.refusal(
                        "a tensor of shape "
                                + cast.getShape()
                                + " is written to "
                                + target.shape());
            }
            elements = ComparisonOps.broadcast(cast, target.shape());
        } else {
            Number number = AtenCall.asNumber(value);
            if (number == null) {
                throw call.wrong(1, "value", "a tensor or a number");
            }
            call.reserved(target.shape().getShape());
            elements = Numbers.filled(target.shape(), number, target.type(), call.manager());
        }
        target.set(elements);
        return target;
    }
}
