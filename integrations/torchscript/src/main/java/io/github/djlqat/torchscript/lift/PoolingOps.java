package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.LegalShapes;
import io.github.djlqat.intercept.Site;
import java.util.Arrays;
import java.util.Map;

/** Pooling over windows, to given sizes, and interpolation. */
final class PoolingOps {

    private static final int NEAREST = 0;
    private static final int BILINEAR = 1;

    private PoolingOps() {}

    static void register(Map<String, AtenOp> table) {
        for (int i = 1; i <= 3; i++) {
            int spatial = i;
            table.put("max_pool" + i + "d", call -> maxPool(call, spatial));
            table.put(
                    "max_pool" + i + "d_with_indices",
                    call -> Tuple.of(maxPool(call, spatial), null));
            table.put("avg_pool" + i + "d", call -> avgPool(call, spatial));
            table.put("adaptive_avg_pool" + i + "d", call -> adaptive(call, spatial, false));
            table.put("adaptive_max_pool" + i + "d", call -> adaptiveMax(call, spatial));
        }
        table.put("upsample_nearest1d", call -> upsample(call, 1, NEAREST));
        table.put("upsample_nearest2d", call -> upsample(call, 2, NEAREST));
        table.put("upsample_bilinear2d", PoolingOps::bilinear);
    }

    private static NDArray batched(NDArray x, int spatial) {
        return x.getShape().dimension() == spatial + 1 ? x.expandDims(0) : x;
    }

    private static NDArray unbatched(NDArray y, NDArray x, int spatial) {
        return x.getShape().dimension() == spatial + 1 ? y.squeeze(0) : y;
    }

    // (self, kernel_size, stride, padding, dilation, ceil_mode)
    private static Tensor maxPool(AtenCall call, int spatial) {
        long[] dilation = LayerOps.repeated(call.optionalIntegers(4, "dilation"), spatial, 1);
        if (Arrays.stream(dilation).anyMatch(d -> d != 1)) {
            throw call.refusal("DJL has no dilated pooling; legal is a dilation of 1");
        }
        NDArray x = batched(call.array(0), spatial);
        Shape[] window = window(call, x, spatial, "maxPool");
        NDArray y =
                x.getNDArrayInternal()
                        .maxPool(window[0], window[1], window[2], call.flag(5, "ceil_mode", false));
        return Tensor.of(unbatched(y, call.array(0), spatial));
    }

    private static Shape[] window(AtenCall call, NDArray x, int spatial, String op) {
        long[] kernel = LayerOps.repeated(call.integers(1, "kernel_size"), spatial, 1);
        long[] given = call.optionalIntegers(2, "stride");
        long[] stride =
                given == null || given.length == 0 ? kernel : LayerOps.repeated(given, spatial, 1);
        long[] padding = LayerOps.repeated(call.optionalIntegers(3, "padding"), spatial, 0);
        Shape[] window = {new Shape(kernel), new Shape(stride), new Shape(padding)};
        LegalShapes.require(
                new Site(call.name(), op),
                call.manager(),
                Arrays.asList(x, window[0], window[1], window[2]));
        call.reserved(x.getShape().getShape());
        return window;
    }

    /** DJL's engine counts the padding always, so that other means are scaled. */
    // (self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    private static Tensor avgPool(AtenCall call, int spatial) {
        if (call.has(6, "divisor_override")) {
            throw call.refusal("DJL's pooling has no other divisor");
        }
        NDArray x = batched(call.array(0), spatial);
        Shape[] window = window(call, x, spatial, "avgPool");
        boolean ceil = call.flag(4, "ceil_mode", false);
        NDArray y = average(x, window, ceil);
        boolean padded = Arrays.stream(window[2].getShape()).anyMatch(p -> p != 0);
        if (padded && !call.flag(5, "count_include_pad", true)) {
            long[] one = x.getShape().getShape().clone();
            one[0] = 1;
            one[1] = 1;
            NDArray ones = call.manager().ones(new Shape(one), x.getDataType());
            y = y.div(average(ones, window, ceil));
        }
        return Tensor.of(unbatched(y, call.array(0), spatial));
    }

    private static NDArray average(NDArray x, Shape[] window, boolean ceil) {
        return x.getNDArrayInternal().avgPool(window[0], window[1], window[2], ceil, true);
    }

    /** The positions of the largest elements have no form. */
    private static Tuple adaptiveMax(AtenCall call, int spatial) {
        return Tuple.of(adaptive(call, spatial, true), null);
    }

    // (self, output_size)
    private static Tensor adaptive(AtenCall call, int spatial, boolean maximum) {
        NDArray given = call.array(0);
        NDArray x = batched(given, spatial);
        long[] output = LayerOps.repeated(call.integers(1, "output_size"), spatial, 1);
        if (x.getShape().dimension() != spatial + 2 || output.length != spatial) {
            throw call.wrong(0, "self", "a tensor with " + spatial + " spatial axes");
        }
        long[] input = x.getShape().slice(2).getShape();
        call.reserved(x.getShape().getShape());
        NDArray y;
        if (Arrays.equals(input, output)) {
            y = x;
        } else if (Arrays.stream(output).allMatch(size -> size == 1)) {
            y =
                    maximum
                            ? x.getNDArrayInternal().globalMaxPool()
                            : x.getNDArrayInternal().globalAvgPool();
            for (int i = 0; i < spatial; i++) {
                y = y.expandDims(2);
            }
        } else {
            y = adaptive(call, x, input, output, maximum);
        }
        return Tensor.of(unbatched(y, given, spatial));
    }

    private static NDArray adaptive(
            AtenCall call, NDArray x, long[] input, long[] output, boolean maximum) {
        long[] kernel = new long[input.length];
        boolean divisible = true;
        for (int i = 0; i < input.length; i++) {
            if (output[i] < 1 || output[i] > 10_000) {
                throw call.refusal("the output has the size " + output[i]);
            }
            divisible &= input[i] % output[i] == 0;
            kernel[i] = Math.max(1, input[i] / output[i]);
        }
        if (divisible) {
            Shape shape = new Shape(kernel);
            Shape none = new Shape(new long[kernel.length]);
            return maximum
                    ? x.getNDArrayInternal().maxPool(shape, shape, none, false)
                    : x.getNDArrayInternal().avgPool(shape, shape, none, false, true);
        }
        NDArray y = x;
        if (maximum) {
            for (int i = 0; i < input.length; i++) {
                y = windowed(call, y, i + 2, output[i]);
            }
            return y;
        }
        int rank = x.getShape().dimension();
        for (int i = 0; i < input.length; i++) {
            // The axis that is pooled is turned to the end and back.
            NDArray means = y.swapAxes(i + 2, rank - 1).matMul(means(call, input[i], output[i]));
            y = means.swapAxes(i + 2, rank - 1);
        }
        return y;
    }

    /** The largest elements of windows of an axis that overlap where its size is no multiple. */
    private static NDArray windowed(AtenCall call, NDArray x, int axis, long output) {
        long input = x.getShape().get(axis);
        NDList windows = new NDList();
        for (long i = 0; i < output; i++) {
            call.budget().step();
            long from = i * input / output;
            long to = ((i + 1) * input + output - 1) / output;
            windows.add(IndexingOps.slice(x, axis, from, to, 1).max(new int[] {axis}, true));
        }
        return windows.size() == 1 ? windows.get(0) : NDArrays.concat(windows, axis);
    }

    /** A matrix whose columns hold \( 1 / n \) in the rows of their window. */
    private static NDArray means(AtenCall call, long input, long output) {
        Shape shape = call.reserved(input, output);
        float[] weights = new float[Math.toIntExact(input * output)];
        for (long column = 0; column < output; column++) {
            long from = column * input / output;
            long to = ((column + 1) * input + output - 1) / output;
            for (long row = from; row < to; row++) {
                weights[(int) (row * output + column)] = 1f / (to - from);
            }
        }
        return call.manager().create(weights, shape);
    }

    // (input, output_size, scale_factors), or (input, output_size, scales...)
    private static Tensor upsample(AtenCall call, int spatial, int mode) {
        NDArray x = call.array(0);
        long[] size = size(call, x, spatial, 2);
        return Tensor.of(x.getNDArrayInternal().interpolation(size, mode, false));
    }

    private static long[] size(AtenCall call, NDArray x, int spatial, int scales) {
        if (x.getShape().dimension() != spatial + 2) {
            throw call.wrong(0, "input", "a tensor with " + spatial + " spatial axes");
        }
        long[] size = call.optionalIntegers(1, "output_size");
        Object factors = call.get(scales, "scale_factors");
        if (size == null && !(factors instanceof java.util.List)) {
            throw call.wrong(1, "output_size", "a size or scales");
        }
        long[] result = new long[spatial];
        long[] shape = x.getShape().getShape().clone();
        for (int i = 0; i < spatial; i++) {
            long input = x.getShape().get(i + 2);
            double factor =
                    factors instanceof java.util.List<?> list
                            ? Conversions.real(list.get(i))
                            : size != null ? (double) size[i] / input : 1;
            result[i] = size == null ? (long) Math.floor(input * factor) : size[i];
            if (Math.abs(result[i] - input * factor) > 1e-4 || result[i] < 1) {
                throw call.refusal(
                        "the scale "
                                + factor
                                + " does not take the size "
                                + input
                                + " to a whole one; legal are scales that do");
            }
            shape[i + 2] = result[i];
        }
        call.reserved(shape);
        return result;
    }

    /** DJL interpolates with antialiasing, which changes nothing where images become larger. */
    // (input, output_size, align_corners, scale_factors)
    private static Tensor bilinear(AtenCall call) {
        if (call.flag(2, "align_corners", false)) {
            throw call.refusal("DJL does not align corners; legal is align_corners=False");
        }
        NDArray x = call.array(0);
        long[] size = size(call, x, 2, 3);
        for (int i = 0; i < 2; i++) {
            if (size[i] < x.getShape().get(i + 2)) {
                throw call.refusal(
                        "DJL makes images smaller with antialiasing only; legal are larger sizes");
            }
        }
        return Tensor.of(x.getNDArrayInternal().interpolation(size, BILINEAR, false));
    }
}
