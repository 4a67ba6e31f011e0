package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.OpCall;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Operations between products that are given half precision and return it, so that an array need
 * not become single precision in between.
 */
final class PassingKernel {

    private PassingKernel() {}

    /** Returns the kernel of an operation, or empty where there is none. */
    static Optional<NativeKernel> of(OpCall call, CastKernel type) {
        List<@Nullable Object> arguments = call.arguments();
        NDArray x = (NDArray) arguments.get(0);
        Object second = arguments.size() > 1 ? arguments.get(1) : null;
        double half = type.type();
        NativeKernel kernel =
                switch (call.op()) {
                    case "relu" -> NativeKernel.of("relu", List.of(0), half);
                    // ATen would round a number, too, before it adds it.
                    case "add" ->
                            second instanceof NDArray y && !x.isScalar() && !y.isScalar()
                                    ? ofTwo("sum_of_two", half, x, second)
                                    : null;
                    case "mul" ->
                            second instanceof NDArray
                                    ? ofTwo("product_of_two", half, x, second)
                                    : scaled(half, second, false);
                    case "div" ->
                            second instanceof NDArray
                                    ? ofTwo("quotient_of_two", half, x, second)
                                    : scaled(half, second, true);
                    case "globalAvgPool" ->
                            x.getShape().dimension() == 4
                                    ? NativeKernel.of("average_all", List.of(0), half)
                                    : null;
                    case "reshape" -> reshaped(half, second);
                    // In training it is handled apart.
                    case "dropout" ->
                            Boolean.TRUE.equals(arguments.get(3))
                                    ? null
                                    : listed("reshaped", half, x.getShape().getShape());
                    case "transpose" -> permuted(half, x, second);
                    case "batchNorm" -> normalized(half, arguments);
                    default -> null;
                };
        return Optional.ofNullable(kernel);
    }

    private static @Nullable NativeKernel ofTwo(
            String method, double half, NDArray x, @Nullable Object second) {
        return second instanceof NDArray y && Operands.isCastable(x) && Operands.isCastable(y)
                ? NativeKernel.of(method, List.of(0, 1), half)
                : null;
    }

    private static @Nullable NativeKernel scaled(
            double half, @Nullable Object factor, boolean divides) {
        if (!(factor instanceof Number number)) {
            return null;
        }
        double value = divides ? 1 / number.doubleValue() : number.doubleValue();
        return NativeKernel.of("multiple", List.of(0), half, value);
    }

    private static @Nullable NativeKernel reshaped(double half, @Nullable Object shape) {
        if (shape instanceof Shape dimensions) {
            return listed("reshaped", half, dimensions.getShape());
        }
        return shape instanceof long[] dimensions ? listed("reshaped", half, dimensions) : null;
    }

    private static NativeKernel listed(String method, double half, long... values) {
        double[] constants = new double[values.length + 1];
        constants[0] = half;
        for (int i = 0; i < values.length; i++) {
            constants[i + 1] = values[i];
        }
        return NativeKernel.of(method, List.of(0), constants);
    }

    private static @Nullable NativeKernel permuted(double half, NDArray x, @Nullable Object axes) {
        int dimensions = x.getShape().dimension();
        if (axes == null) {
            return listed(
                    "permuted",
                    half,
                    IntStream.range(0, dimensions).mapToLong(i -> dimensions - 1L - i).toArray());
        }
        return axes instanceof int[] order && order.length == dimensions
                ? listed("permuted", half, Arrays.stream(order).asLongStream().toArray())
                : null;
    }

    private static @Nullable NativeKernel normalized(
            double half, List<@Nullable Object> arguments) {
        boolean channelsSecond = Integer.valueOf(1).equals(arguments.get(6));
        boolean complete =
                arguments.subList(2, 6).stream().allMatch(argument -> argument instanceof NDArray);
        if (!channelsSecond
                || !complete
                || !(arguments.get(7) instanceof Float momentum)
                || !(arguments.get(8) instanceof Float epsilon)) {
            return null;
        }
        return NativeKernel.of(
                "batch_norm",
                List.of(1, 2, 3, 4, 5),
                half,
                Boolean.TRUE.equals(arguments.get(9)) ? 1 : 0,
                1 - momentum,
                epsilon);
    }
}
