package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.OpCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Operations that cast their operands to half precision, compute natively, and return half
 * precision, which only kernels read, or single precision.
 */
final class HalfKernel {

    private static final int INPUT = 1;
    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final int STRIDE = 4;
    private static final int DILATION = 6;
    private static final int GROUPS = 7;

    private HalfKernel() {}

    /** Returns the kernel of an operation, or empty where there is none. */
    static Optional<NativeKernel> of(OpCall call, CastKernel type, CastKernel result) {
        List<@Nullable Object> arguments = call.arguments();
        return switch (call.op()) {
            case "linear" ->
                    Optional.of(
                            weighted(
                                    "linear", arguments, inputs -> {}, type.type(), result.type()));
            case "matMul", "batchMatMul" ->
                    Optional.of(
                            NativeKernel.of("matmul", List.of(0, 1), type.type(), result.type()));
            case "convolution" -> {
                double[] constants = convolution(type, result, arguments);
                yield Optional.of(
                        weighted(
                                "convolution",
                                arguments,
                                inputs -> checkConvolution(inputs, constants),
                                constants));
            }
            default -> Optional.empty();
        };
    }

    private static NativeKernel weighted(
            String method,
            List<@Nullable Object> arguments,
            Consumer<NDList> check,
            double... constants) {
        return arguments.get(BIAS) == null
                ? new NativeKernel(method, List.of(INPUT, WEIGHT), constants, check)
                : new NativeKernel(
                        method + "_bias", List.of(INPUT, WEIGHT, BIAS), constants, check);
    }

    private static double[] convolution(
            CastKernel type, CastKernel result, List<@Nullable Object> arguments) {
        DoubleStream numbers =
                DoubleStream.of(type.type(), result.type(), number(arguments.get(GROUPS)));
        for (int position = STRIDE; position <= DILATION; position++) {
            numbers = DoubleStream.concat(numbers, values(arguments.get(position)));
        }
        return numbers.toArray();
    }

    private static int number(@Nullable Object argument) {
        return (Integer) Objects.requireNonNull(argument);
    }

    private static DoubleStream values(@Nullable Object shape) {
        return LongStream.of(((Shape) Objects.requireNonNull(shape)).getShape())
                .mapToDouble(v -> v);
    }

    private static void checkConvolution(NDList inputs, double[] constants) {
        List<Shape> shapes = new ArrayList<>();
        inputs.forEach(array -> shapes.add(array.getShape()));
        int spatial = shapes.get(0).dimension() - 2;
        boolean fits =
                spatial >= 1
                        && spatial <= 3
                        && shapes.get(1).dimension() == spatial + 2
                        && constants.length == 3 + 3 * spatial
                        && constants[2] >= 1;
        if (!fits) {
            throw new IllegalArgumentException(
                    "A convolution of "
                            + shapes
                            + " with the groups, strides, paddings and dilations "
                            + Arrays.toString(Arrays.copyOfRange(constants, 2, constants.length))
                            + " is none: input and weight have one to three spatial dimensions, the others a number for"
                            + " each of them, and there is at least one group.");
        }
    }
}
