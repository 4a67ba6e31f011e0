package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Concatenation, stacking and splitting. */
final class JoiningOps {

    private JoiningOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("cat", JoiningOps::concat);
        table.put("concat", JoiningOps::concat);
        table.put("concatenate", JoiningOps::concat);
        table.put("stack", JoiningOps::stack);
        table.put("split", JoiningOps::split);
        table.put("split_with_sizes", JoiningOps::split);
        table.put("unsafe_split", JoiningOps::split);
        table.put("unsafe_split_with_sizes", JoiningOps::split);
        table.put("chunk", JoiningOps::chunk);
        table.put("unsafe_chunk", JoiningOps::chunk);
        table.put("unbind", JoiningOps::unbind);
        table.put("meshgrid", JoiningOps::grid);
    }

    private static NDList tensors(AtenCall call) {
        NDList list = call.arrays(0, "tensors");
        if (list.isEmpty()) {
            throw call.refusal("the list of tensors is empty");
        }
        DataType type = list.get(0).getDataType();
        for (NDArray array : list) {
            if (array.getDataType() != type) {
                throw call.refusal(
                        "tensors of "
                                + type
                                + " and "
                                + array.getDataType()
                                + " are joined; legal are tensors of one type");
            }
        }
        return list;
    }

    private static Tensor concat(AtenCall call) {
        NDList given = tensors(call);
        NDList list = new NDList();
        for (NDArray array : given) {
            // PyTorch passes over empty vectors of any type of tensor.
            if (!array.getShape().equals(new Shape(0)) || given.size() == 1) {
                list.add(array);
            }
        }
        if (list.isEmpty()) {
            return Tensor.of(given.get(0));
        }
        Shape first = list.get(0).getShape();
        int axis = call.axis(1, "dim", 0, first.dimension());
        long[] shape = first.getShape().clone();
        for (NDArray array : list.subNDList(1)) {
            if (array.getShape().dimension() != shape.length) {
                throw call.refusal(
                        "tensors of shapes " + first + " and " + array.getShape() + " are joined");
            }
            shape[axis] += array.getShape().get(axis);
        }
        call.reserved(shape);
        return Tensor.of(list.size() == 1 ? list.get(0) : NDArrays.concat(list, axis));
    }

    private static Tensor stack(AtenCall call) {
        NDList list = tensors(call);
        Shape first = list.get(0).getShape();
        int axis = call.axis(1, "dim", 0, first.dimension() + 1);
        call.budget().reserve(new Shape(list.size()).addAll(first));
        return Tensor.of(
                list.size() == 1 ? list.get(0).expandDims(axis) : NDArrays.stack(list, axis));
    }

    // (self, split_size or sizes, dim)
    private static Object split(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(2, "dim", 0, tensor.shape().dimension());
        long size = tensor.shape().get(axis);
        Number each = AtenCall.asNumber(call.get(1, "split_size"));
        if (each != null) {
            return every(call, tensor, axis, each.longValue());
        }
        long[] sizes = call.integers(1, "split_sizes");
        long[] ends = new long[Math.max(0, sizes.length - 1)];
        long end = 0;
        for (int i = 0; i < sizes.length; i++) {
            end = Math.addExact(end, sizes[i]);
            if (i < ends.length) {
                ends[i] = end;
            }
        }
        if (end != size) {
            throw call.refusal("the sizes add to " + end + " of " + size);
        }
        return parts(tensor, ends, axis);
    }

    private static List<@Nullable Object> every(AtenCall call, Tensor tensor, int axis, long each) {
        long size = tensor.shape().get(axis);
        if (each < 1) {
            throw call.refusal("parts of " + each + " are split off; legal is 1 and more");
        }
        int count = Math.toIntExact(Math.max(1, (size + each - 1) / each));
        long[] ends = new long[count - 1];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = (i + 1) * each;
        }
        return parts(tensor, ends, axis);
    }

    private static List<@Nullable Object> parts(Tensor tensor, long[] ends, int axis) {
        List<@Nullable Object> parts = new ArrayList<>();
        if (ends.length == 0) {
            parts.add(tensor);
        } else {
            long from = 0;
            for (NDArray part : tensor.array().split(ends, axis)) {
                long start = from;
                long end = start + part.getShape().get(axis);
                parts.add(
                        tensor.view(
                                part,
                                x -> IndexingOps.slice(x, axis, start, end, 1),
                                (whole, changed) ->
                                        IndexingOps.replace(whole, axis, start, changed)));
                from = end;
            }
        }
        return parts;
    }

    // (self, chunks, dim)
    private static Object chunk(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(2, "dim", 0, tensor.shape().dimension());
        long chunks = call.integer(1, "chunks");
        if (chunks < 1) {
            throw call.refusal("it splits into " + chunks + " parts; legal is 1 and more");
        }
        long size = tensor.shape().get(axis);
        return every(call, tensor, axis, Math.max(1, (size + chunks - 1) / chunks));
    }

    private static Object unbind(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(1, "dim", 0, tensor.shape().dimension());
        List<@Nullable Object> parts = new ArrayList<>();
        long size = tensor.shape().get(axis);
        ListOps.requireSize(size);
        for (long i = 0; i < size; i++) {
            long at = i;
            parts.add(
                    tensor.view(
                            x -> IndexingOps.slice(x, axis, at, at + 1, 1).squeeze(axis),
                            (whole, changed) ->
                                    IndexingOps.replace(
                                            whole, axis, at, changed.expandDims(axis))));
        }
        return parts;
    }

    /** Coordinates in matrices, rows first unless {@code indexing} says xy. */
    private static Object grid(AtenCall call) {
        NDList axes = call.arrays(0, "tensors");
        if (!call.text(-1, "indexing", "ij").equals("ij")) {
            throw call.refusal("legal is indexing by ij");
        }
        long[] shape = axes.stream().mapToLong(NDArray::size).toArray();
        call.reserved(shape);
        List<@Nullable Object> grids = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            long[] along = new long[shape.length];
            java.util.Arrays.fill(along, 1);
            along[i] = shape[i];
            grids.add(Tensor.of(axes.get(i).reshape(along).broadcast(new Shape(shape))));
        }
        return grids;
    }
}
