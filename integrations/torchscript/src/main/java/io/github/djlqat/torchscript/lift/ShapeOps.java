package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations that rearrange elements. */
final class ShapeOps {

    private ShapeOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("view", call -> reshape(call, 1, "size"));
        table.put("reshape", call -> reshape(call, 1, "shape"));
        table.put("_unsafe_view", call -> reshape(call, 1, "size"));
        table.put("view_as", call -> reshapeTo(call, call.tensor(1).shape()));
        table.put("reshape_as", call -> reshapeTo(call, call.tensor(1).shape()));
        table.put("flatten", ShapeOps::flatten);
        table.put("unflatten", ShapeOps::unflatten);
        table.put("squeeze", ShapeOps::squeeze);
        table.put("unsqueeze", ShapeOps::unsqueeze);
        table.put("transpose", ShapeOps::transpose);
        table.put("swapaxes", ShapeOps::transpose);
        table.put("t", ShapeOps::matrixTranspose);
        table.put("numpy_T", ShapeOps::matrixTranspose);
        table.put("permute", ShapeOps::permute);
        table.put("movedim", ShapeOps::moveAxis);
        table.put("expand", ShapeOps::expand);
        table.put("expand_as", call -> expandTo(call, call.tensor(1).shape().getShape()));
        table.put("broadcast_to", ShapeOps::expand);
        table.put("broadcast_tensors", ShapeOps::broadcastTensors);
        table.put("repeat", ShapeOps::repeat);
        table.put("tile", ShapeOps::repeat);
        table.put("repeat_interleave", ShapeOps::repeatInterleave);
        table.put("flip", ShapeOps::flip);
        table.put("roll", ShapeOps::roll);
        table.put("pad", ShapeOps::pad);
        table.put("constant_pad_nd", ShapeOps::pad);
        table.put("pixel_shuffle", ShapeOps::pixelShuffle);
        table.put("channel_shuffle", ShapeOps::channelShuffle);
    }

    private static Tensor reshape(AtenCall call, int i, String keyword) {
        return reshapeTo(call, new Shape(call.integers(i, keyword)));
    }

    private static Tensor reshapeTo(AtenCall call, Shape shape) {
        Tensor tensor = call.tensor(0);
        long known = 1;
        for (long size : shape.getShape()) {
            known = Math.multiplyExact(known, size == -1 ? 1 : size);
            if (size < -1) {
                throw call.refusal("a size of " + shape + " is below -1");
            }
        }
        boolean free = Arrays.stream(shape.getShape()).anyMatch(size -> size == -1);
        long size = tensor.shape().size();
        if (free ? known == 0 || size % known != 0 : size != known) {
            throw call.refusal(
                    "a tensor of shape "
                            + tensor.shape()
                            + " is reshaped to "
                            + shape
                            + "; legal is a shape of as many elements");
        }
        if (call.name().startsWith("view")) {
            return tensor.view(
                    x -> x.reshape(shape), (whole, part) -> part.reshape(whole.getShape()));
        }
        return tensor.view(tensor.array().reshape(shape));
    }

    private static Tensor flatten(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        int start = call.axis(1, "start_dim", 0, rank);
        int end = call.axis(2, "end_dim", -1, rank);
        if (start > end) {
            throw call.refusal("its first axis " + start + " stands behind its last " + end);
        }
        if (rank == 0) {
            return tensor.view(tensor.array().reshape(1));
        }
        return tensor.view(tensor.array().flatten(start, end));
    }

    private static Tensor unflatten(AtenCall call) {
        Tensor tensor = call.tensor(0);
        Shape shape = tensor.shape();
        int axis = call.axis(1, "dim", shape.dimension());
        Shape sizes = new Shape(call.integers(2, "sizes"));
        return reshapeTo(call, shape.slice(0, axis).addAll(sizes).addAll(shape.slice(axis + 1)));
    }

    private static Tensor squeeze(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        int[] axes = call.optionalAxes(1, "dim", rank);
        NDArray x = tensor.array();
        for (int axis = rank - 1; axis >= 0; axis--) {
            int candidate = axis;
            boolean named = axes == null || Arrays.stream(axes).anyMatch(a -> a == candidate);
            if (named && tensor.shape().get(axis) == 1) {
                x = x.squeeze(axis);
            }
        }
        Shape squeezed = x.getShape();
        return x == tensor.array()
                ? tensor
                : tensor.view(
                        x,
                        y -> y.reshape(squeezed),
                        (whole, part) -> part.reshape(whole.getShape()));
    }

    private static Tensor unsqueeze(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int axis = call.axis(1, "dim", tensor.shape().dimension() + 1);
        return tensor.view(x -> x.expandDims(axis), (whole, part) -> part.squeeze(axis));
    }

    private static Tensor transpose(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        int first = call.axis(1, "dim0", rank);
        int second = call.axis(2, "dim1", rank);
        if (first == second) {
            return tensor;
        }
        return rank == 2
                ? tensor.transposed()
                : tensor.view(
                        x -> x.swapAxes(first, second),
                        (whole, part) -> part.swapAxes(first, second));
    }

    private static Tensor matrixTranspose(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        if (rank > 2) {
            throw call.refusal(
                    "a tensor of shape " + tensor.shape() + " is transposed; legal is a matrix");
        }
        return rank < 2 ? tensor : tensor.transposed();
    }

    private static Tensor permute(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        int[] axes = call.optionalAxes(1, "dims", rank);
        if (axes == null) {
            return tensor;
        }
        if (axes.length != rank || Arrays.stream(axes).distinct().count() != rank) {
            throw call.refusal(
                    "the axes " + Arrays.toString(axes) + " of " + rank + " are permuted");
        }
        return permuted(tensor, axes);
    }

    private static Tensor permuted(Tensor tensor, int... axes) {
        int[] back = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            back[axes[i]] = i;
        }
        return tensor.view(x -> x.transpose(axes), (whole, part) -> part.transpose(back));
    }

    private static Tensor moveAxis(AtenCall call) {
        Tensor tensor = call.tensor(0);
        int rank = tensor.shape().dimension();
        int[] from = call.optionalAxes(1, "source", rank);
        int[] to = call.optionalAxes(2, "destination", rank);
        if (from == null || to == null || from.length != to.length) {
            throw call.refusal("legal are as many sources as destinations");
        }
        int[] axes = new int[rank];
        Arrays.fill(axes, -1);
        boolean[] moved = new boolean[rank];
        for (int i = 0; i < from.length; i++) {
            axes[to[i]] = from[i];
            moved[from[i]] = true;
        }
        int next = 0;
        for (int i = 0; i < rank; i++) {
            if (axes[i] < 0) {
                while (moved[next]) {
                    next++;
                }
                axes[i] = next++;
            }
        }
        return permuted(tensor, axes);
    }

    private static Tensor expand(AtenCall call) {
        return expandTo(call, call.integers(1, "size"));
    }

    private static Tensor expandTo(AtenCall call, long... size) {
        Tensor tensor = call.tensor(0);
        Shape shape = tensor.shape();
        long[] target = size.clone();
        int added = target.length - shape.dimension();
        for (int i = Math.max(0, added); i < target.length; i++) {
            if (target[i] == -1) {
                target[i] = shape.get(i - added);
            }
        }
        Shape result = Numbers.broadcast(call, shape, new Shape(target));
        if (!result.equals(new Shape(target))) {
            throw call.refusal("a tensor of shape " + shape + " is expanded to " + new Shape(size));
        }
        return result.equals(shape) ? tensor : tensor.view(tensor.array().broadcast(result));
    }

    private static Object broadcastTensors(AtenCall call) {
        java.util.List<@Nullable Object> results = new java.util.ArrayList<>();
        Shape shape = new Shape();
        java.util.List<@Nullable Object> tensors = ListOps.list(call, 0);
        for (Object tensor : tensors) {
            shape = Numbers.broadcast(call, shape, ((Tensor) tensor).shape());
        }
        for (Object item : tensors) {
            Tensor tensor = (Tensor) item;
            results.add(
                    tensor.shape().equals(shape)
                            ? tensor
                            : tensor.view(tensor.array().broadcast(shape)));
        }
        return results;
    }

    private static Tensor repeat(AtenCall call) {
        NDArray x = call.array(0);
        long[] repeats = call.integers(1, "repeats");
        int rank = x.getShape().dimension();
        long[] padded = repeats;
        if (repeats.length < rank) {
            if (call.name().equals("repeat")) {
                throw call.refusal("it repeats fewer axes than " + rank);
            }
            padded = new long[rank];
            Arrays.fill(padded, 1);
            System.arraycopy(repeats, 0, padded, rank - repeats.length, repeats.length);
        }
        long[] shape = padded.clone();
        for (int i = 0; i < shape.length; i++) {
            int axis = i - (shape.length - rank);
            shape[i] = Math.multiplyExact(shape[i], axis < 0 ? 1 : x.getShape().get(axis));
        }
        call.reserved(shape);
        return Tensor.of(x.tile(padded));
    }

    // (self, repeats, dim, output_size)
    private static Tensor repeatInterleave(AtenCall call) {
        NDArray x = call.array(0);
        if (AtenCall.asNumber(call.get(1, "repeats")) == null) {
            throw call.refusal("legal is one number of repetitions for all elements");
        }
        long repeats = call.integer(1, "repeats");
        if (!call.has(2, "dim")) {
            x = x.reshape(-1);
        }
        int axis = call.axis(2, "dim", 0, x.getShape().dimension());
        long[] shape = x.getShape().getShape().clone();
        shape[axis] = Math.multiplyExact(shape[axis], repeats);
        call.reserved(shape);
        // An axis for the repetitions, which is then joined with the one before it.
        long[] spread = new long[shape.length + 1];
        for (int i = 0; i < spread.length; i++) {
            int from = i <= axis ? i : i - 1;
            spread[i] = i == axis + 1 ? repeats : x.getShape().get(from);
        }
        return Tensor.of(
                x.expandDims(axis + 1).broadcast(new Shape(spread)).reshape(new Shape(shape)));
    }

    private static Tensor flip(AtenCall call) {
        NDArray x = call.array(0);
        int[] axes = call.optionalAxes(1, "dims", x.getShape().dimension());
        call.reserved(x.getShape().getShape());
        return Tensor.of(axes == null ? x : x.flip(axes));
    }

    // (self, shifts, dims)
    private static Tensor roll(AtenCall call) {
        NDArray x = call.array(0);
        long[] shifts = call.integers(1, "shifts");
        int[] axes = call.optionalAxes(2, "dims", x.getShape().dimension());
        if (axes == null || axes.length != shifts.length) {
            throw call.refusal("legal are as many axes as shifts");
        }
        for (int i = 0; i < axes.length; i++) {
            call.reserved(x.getShape().getShape());
            long size = x.getShape().get(axes[i]);
            long cut = size == 0 ? 0 : Math.floorMod(-shifts[i], size);
            if (cut != 0) {
                x =
                        IndexingOps.slice(x, axes[i], cut, size, 1)
                                .concat(IndexingOps.slice(x, axes[i], 0, cut, 1), axes[i]);
            }
        }
        return Tensor.of(x);
    }

    // (self, pad, mode, value)
    private static Tensor pad(AtenCall call) {
        boolean constant = call.name().equals("constant_pad_nd");
        String mode = constant ? "constant" : call.text(2, "mode", "constant");
        long[] padding = call.integers(1, "pad");
        NDArray x = call.array(0);
        if (padding.length % 2 != 0 || padding.length > 2 * x.getShape().dimension()) {
            throw call.refusal(
                    "the padding "
                            + Arrays.toString(padding)
                            + " of a tensor of shape "
                            + x.getShape());
        }
        if (mode.equals("constant")) {
            return Tensor.of(pad(call, x, padding, call.real(constant ? 2 : 3, "value", 0)));
        }
        for (int i = 0; i < padding.length / 2; i++) {
            int axis = x.getShape().dimension() - 1 - i;
            x = border(call, x, axis, padding[2 * i], padding[2 * i + 1], mode);
        }
        return Tensor.of(x);
    }

    /** Pads from the last axis on; what is negative cuts off. */
    static NDArray pad(AtenCall call, NDArray x, long[] padding, double value) {
        long[] shape = x.getShape().getShape().clone();
        long[] positive = padding.clone();
        NDArray kept = x;
        for (int i = 0; i < padding.length / 2; i++) {
            int axis = shape.length - 1 - i;
            long from = Math.max(0, -padding[2 * i]);
            long to = shape[axis] - Math.max(0, -padding[2 * i + 1]);
            kept = IndexingOps.slice(kept, axis, from, Math.max(from, to), 1);
            positive[2 * i] = Math.max(0, padding[2 * i]);
            positive[2 * i + 1] = Math.max(0, padding[2 * i + 1]);
            shape[axis] =
                    Math.addExact(shape[axis], Math.addExact(padding[2 * i], padding[2 * i + 1]));
        }
        call.reserved(shape);
        boolean pads = Arrays.stream(positive).anyMatch(p -> p != 0);
        return pads ? kept.pad(new Shape(positive), value) : kept;
    }

    private static NDArray border(
            AtenCall call, NDArray x, int axis, long before, long after, String mode) {
        long size = x.getShape().get(axis);
        long limit = mode.equals("reflect") ? size - 1 : mode.equals("circular") ? size : 10_000;
        boolean known =
                mode.equals("reflect") || mode.equals("replicate") || mode.equals("circular");
        if (!known || before < 0 || after < 0 || Math.max(before, after) > limit || size < 1) {
            throw call.refusal(
                    "the padding "
                            + mode
                            + " by "
                            + before
                            + " and "
                            + after
                            + " of an axis of "
                            + size
                            + "; legal are reflect, replicate and circular within the axis");
        }
        long[] shape = x.getShape().getShape().clone();
        shape[axis] += before + after;
        call.reserved(shape);
        NDArray result = x;
        if (before > 0) {
            result = border(x, axis, mode, before, size, true).concat(result, axis);
        }
        return after > 0 ? result.concat(border(x, axis, mode, after, size, false), axis) : result;
    }

    private static NDArray border(
            NDArray x, int axis, String mode, long width, long size, boolean first) {
        return switch (mode) {
            case "reflect" ->
                    IndexingOps.slice(
                                    x,
                                    axis,
                                    first ? 1 : size - 1 - width,
                                    first ? 1 + width : size - 1,
                                    1)
                            .flip(axis);
            case "circular" ->
                    IndexingOps.slice(x, axis, first ? size - width : 0, first ? size : width, 1);
            default -> {
                long[] shape = x.getShape().getShape().clone();
                shape[axis] = width;
                yield IndexingOps.slice(x, axis, first ? 0 : size - 1, first ? 1 : size, 1)
                        .broadcast(new Shape(shape));
            }
        };
    }

    private static Tensor pixelShuffle(AtenCall call) {
        NDArray x = call.array(0);
        long factor = call.integer(1, "upscale_factor");
        Shape shape = x.getShape();
        if (shape.dimension() != 4 || factor < 1 || shape.get(1) % (factor * factor) != 0) {
            throw call.refusal("a tensor of shape " + shape + " is shuffled by " + factor);
        }
        long channels = shape.get(1) / factor / factor;
        NDArray y =
                x.reshape(shape.get(0), channels, factor, factor, shape.get(2), shape.get(3))
                        .transpose(0, 1, 4, 2, 5, 3);
        return Tensor.of(
                y.reshape(shape.get(0), channels, shape.get(2) * factor, shape.get(3) * factor));
    }

    private static Tensor channelShuffle(AtenCall call) {
        NDArray x = call.array(0);
        long groups = call.integer(1, "groups");
        Shape shape = x.getShape();
        if (shape.dimension() < 3 || groups < 1 || shape.get(1) % groups != 0) {
            throw call.refusal("a tensor of shape " + shape + " is shuffled in " + groups);
        }
        Shape split = new Shape(shape.get(0), groups, shape.get(1) / groups).addAll(shape.slice(2));
        return Tensor.of(x.reshape(split).swapAxes(1, 2).reshape(shape));
    }
}
