package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Sums, means, extremes and orders. */
final class ReductionOps {

    private ReductionOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("mean", call -> reduce(call, true));
        table.put("sum", call -> reduce(call, false));
        table.put("var", call -> Tensor.of(variance(call)));
        table.put("std", call -> Tensor.of(variance(call).sqrt()));
        table.put("max", call -> extreme(call, true));
        table.put("min", call -> extreme(call, false));
        table.put("amax", call -> extremes(call, true));
        table.put("amin", call -> extremes(call, false));
        table.put("argmax", call -> place(call, true));
        table.put("argmin", call -> place(call, false));
        table.put("prod", ReductionOps::product);
        table.put("cumsum", ReductionOps::cumulativeSum);
        table.put("topk", ReductionOps::top);
        table.put("norm", call -> norm(call, 1, 2, 3));
        table.put("linalg_vector_norm", call -> norm(call, 1, 2, 3));
        table.put("frobenius_norm", call -> norm(call, -1, 1, 2));
    }

    /** Returns the axes that a reduction is over, all where none are named. */
    private static int[] axes(AtenCall call, int i, Shape shape) {
        int rank = shape.dimension();
        int[] axes = call.optionalAxes(i, "dim", rank);
        if (axes != null) {
            return rank == 0 ? new int[0] : axes;
        }
        int[] all = new int[rank];
        Arrays.setAll(all, k -> k);
        return all;
    }

    // (self, dim, keepdim, dtype) or (self, dtype)
    private static Tensor reduce(AtenCall call, boolean mean) {
        Tensor tensor = call.tensor(0);
        boolean whole =
                !(call.get(1, "dim") instanceof List)
                        && !call.has(2, "keepdim")
                        && call.keywords().get("dim") == null;
        DataType type = call.optionalType(whole ? 1 : 3, "dtype");
        if (type == null && !mean && !tensor.type().isFloating()) {
            type = DataType.INT64;
        }
        NDArray x = type == null ? tensor.array() : FormOps.cast(call, tensor, type).array();
        call.reserved(x.getShape().getShape());
        if (whole || !call.has(1, "dim")) {
            return Tensor.of(mean ? x.mean() : x.sum());
        }
        int[] axes = axes(call, 1, x.getShape());
        boolean keep = call.flag(2, "keepdim", false);
        return Tensor.of(mean ? mean(call, x, axes, keep) : x.sum(axes, keep));
    }

    /** DJL's engine takes the mean over one axis only; that over images has a form of its own. */
    static NDArray mean(AtenCall call, NDArray x, int[] axes, boolean keep) {
        int[] sorted = axes.clone();
        Arrays.sort(sorted);
        if (x.getShape().dimension() == 4 && Arrays.equals(sorted, new int[] {2, 3})) {
            NDArray flat = x.getNDArrayInternal().globalAvgPool();
            return keep ? flat.expandDims(2).expandDims(3) : flat;
        }
        NDArray result = x;
        for (int i = sorted.length - 1; i >= 0; i--) {
            result = result.mean(new int[] {sorted[i]}, keep);
        }
        return result;
    }

    // (self, dim, unbiased or correction, keepdim) or (self, unbiased)
    private static NDArray variance(AtenCall call) {
        NDArray x = call.array(0);
        boolean whole = call.get(1, "dim") instanceof Boolean || !call.has(1, "dim");
        int[] axes = whole ? all(x) : axes(call, 1, x.getShape());
        int flag = call.get(1, "") instanceof Boolean ? 1 : 2;
        double correction =
                call.has(-1, "correction")
                        ? call.real(-1, "correction", 1)
                        : call.flag(flag, "unbiased", true) ? 1 : 0;
        boolean keep = call.flag(whole && flag == 1 ? -1 : 3, "keepdim", false);
        long count = 1;
        for (int axis : axes) {
            count *= x.getShape().get(axis);
        }
        if (count <= correction) {
            throw call.refusal("the variance of " + count + " elements corrected by " + correction);
        }
        NDArray mean = x;
        for (int axis : axes) {
            mean = mean.mean(new int[] {axis}, true);
        }
        call.reserved(x.getShape().getShape());
        float divisor = (float) (count - correction);
        return x.sub(mean).square().sum(axes, keep).div(divisor);
    }

    private static int[] all(NDArray x) {
        int[] axes = new int[x.getShape().dimension()];
        Arrays.setAll(axes, i -> i);
        return axes;
    }

    // (self), (self, other) or (self, dim, keepdim)
    private static Object extreme(AtenCall call, boolean largest) {
        NDArray x = call.array(0);
        if (call.get(1, "other") instanceof Tensor other) {
            Numbers.broadcast(call, x.getShape(), other.shape());
            return Tensor.of(largest ? x.maximum(other.array()) : x.minimum(other.array()));
        }
        if (!call.has(1, "dim")) {
            return Tensor.of(largest ? x.max() : x.min());
        }
        int axis = call.axis(1, "dim", x.getShape().dimension());
        boolean keep = call.flag(2, "keepdim", false);
        NDArray value = extreme(x, axis, keep, largest);
        NDArray index = largest ? x.argMax(axis) : x.argMin(axis);
        return new Tuple(
                java.util.List.of(
                        Tensor.of(value), Tensor.of(keep ? index.expandDims(axis) : index)),
                java.util.List.of("values", "indices"));
    }

    private static NDArray extreme(NDArray x, int axis, boolean keep, boolean largest) {
        int[] axes = {axis};
        return largest ? x.max(axes, keep) : x.min(axes, keep);
    }

    private static Tensor extremes(AtenCall call, boolean largest) {
        NDArray x = call.array(0);
        int[] axes = axes(call, 1, x.getShape());
        Arrays.sort(axes);
        boolean keep = call.flag(2, "keepdim", false);
        for (int i = axes.length - 1; i >= 0; i--) {
            x = extreme(x, axes[i], keep, largest);
        }
        return Tensor.of(x);
    }

    // (self, dim, keepdim)
    private static Tensor place(AtenCall call, boolean largest) {
        NDArray x = call.array(0);
        if (!call.has(1, "dim")) {
            return Tensor.of(largest ? x.argMax() : x.argMin());
        }
        int axis = call.axis(1, "dim", x.getShape().dimension());
        NDArray index = largest ? x.argMax(axis) : x.argMin(axis);
        return Tensor.of(call.flag(2, "keepdim", false) ? index.expandDims(axis) : index);
    }

    // (self) or (self, dim, keepdim)
    private static Tensor product(AtenCall call) {
        NDArray x = call.array(0);
        if (!call.has(1, "dim")) {
            return Tensor.of(x.prod());
        }
        int axis = call.axis(1, "dim", x.getShape().dimension());
        return Tensor.of(x.prod(new int[] {axis}, call.flag(2, "keepdim", false)));
    }

    private static Tensor cumulativeSum(AtenCall call) {
        NDArray x = call.array(0);
        call.reserved(x.getShape().getShape());
        return Tensor.of(x.cumSum(call.axis(1, "dim", x.getShape().dimension())));
    }

    // (self, k, dim, largest, sorted)
    private static Tuple top(AtenCall call) {
        NDArray x = call.array(0);
        int axis = call.axis(2, "dim", -1, x.getShape().dimension());
        long k = call.integer(1, "k");
        if (k < 0 || x.getShape().dimension() == 0 || k > x.getShape().get(axis)) {
            throw call.refusal(k + " elements of " + x.getShape() + " are taken");
        }
        NDList both =
                x.topK((int) k, axis, call.flag(3, "largest", true), call.flag(4, "sorted", true));
        return new Tuple(
                java.util.List.of(Tensor.of(both.get(0)), Tensor.of(both.get(1))),
                java.util.List.of("values", "indices"));
    }

    private static Tensor norm(AtenCall call, int order, int dim, int keepDims) {
        NDArray x = call.array(0);
        double p = call.real(order, order < 0 ? "" : "ord", 2);
        int[] axes = axes(call, dim, x.getShape());
        boolean keep = call.flag(keepDims, "keepdim", false);
        call.reserved(x.getShape().getShape());
        if (p == 2) {
            return Tensor.of(x.square().sum(axes, keep).sqrt());
        }
        if (p == 1) {
            return Tensor.of(x.abs().sum(axes, keep));
        }
        throw call.refusal("its order is " + p + "; legal are 1 and 2");
    }
}
