package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.TensorKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An operation that casts its operands to half precision, computes natively, and returns half
 * precision, which only kernels read, or single precision.
 */
final class HalfKernel implements TensorKernel {

    private static final int INPUT = 1;
    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final int STRIDE = 4;
    private static final int DILATION = 6;
    private static final int GROUPS = 7;

    private final String method;
    private final double[] constants;
    private final List<Integer> operands;

    private HalfKernel(String method, double[] constants, List<Integer> operands) {
        this.method = method;
        this.constants = constants;
        this.operands = operands;
    }

    /** Returns the kernel of an operation, or empty where there is none. */
    static Optional<HalfKernel> of(OpCall call, CastKernel type, CastKernel result) {
        List<@Nullable Object> arguments = call.arguments();
        return switch (call.op()) {
            case "linear" -> Optional.of(weighted("linear", arguments, type.type(), result.type()));
            case "matMul", "batchMatMul" ->
                    Optional.of(
                            new HalfKernel(
                                    "matmul",
                                    new double[] {type.type(), result.type()},
                                    List.of(0, 1)));
            case "convolution" ->
                    Optional.of(
                            weighted(
                                    "convolution",
                                    arguments,
                                    convolution(type, result, arguments)));
            default -> Optional.empty();
        };
    }

    private static HalfKernel weighted(
            String method, List<@Nullable Object> arguments, double... constants) {
        return arguments.get(BIAS) == null
                ? new HalfKernel(method, constants, List.of(INPUT, WEIGHT))
                : new HalfKernel(method + "_bias", constants, List.of(INPUT, WEIGHT, BIAS));
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

    /** The positions of the operands among the operation's arguments. */
    List<Integer> operands() {
        return operands;
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method(method);
    }

    @Override
    public double[] constants() {
        return constants.clone();
    }

    @Override
    public boolean repeatsConstants() {
        return true;
    }

    @Override
    public void check(NDList inputs) {
        List<Shape> shapes = new ArrayList<>();
        inputs.forEach(array -> shapes.add(array.getShape()));
        if (inputs.size() != operands.size()) {
            throw new IllegalArgumentException(
                    method + " takes " + operands.size() + " arrays, not " + shapes + ".");
        }
        if (method.startsWith("convolution")) {
            checkConvolution(shapes);
        }
    }

    private void checkConvolution(List<Shape> shapes) {
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

    @Override
    public NDArray compute(NDList inputs) {
        throw new UnsupportedOperationException(
                "Native half precision needs an engine that runs TorchScript; simulate it instead.");
    }
}
