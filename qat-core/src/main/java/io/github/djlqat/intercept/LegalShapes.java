package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What pooling and convolution need of their arguments, which else end DJL's PyTorch process. */
public final class LegalShapes {

    private static final String ENGINE = "PyTorch";
    private static final long MAX_SPATIAL = 3;

    private LegalShapes() {}

    /**
     * Refuses pooling and convolution of arrays that they do not fit.
     *
     * @param site the operation, whose op is the name of the method of {@code NDArrayEx}
     * @param manager the manager of its arrays, whose engine tells whether the check is needed
     * @param arguments its arguments, with the receiver array first
     * @throws IllegalArgumentException if the arguments do not fit
     */
    public static void require(Site site, NDManager manager, List<@Nullable Object> arguments) {
        String expected =
                switch (site.op()) {
                    case "maxPool", "avgPool" -> pooling(arguments, 1);
                    case "lpPool" -> pooling(arguments, 2);
                    case "convolution" -> convolution(arguments);
                    default -> null;
                };
        if (expected != null && manager.getEngine().getEngineName().equals(ENGINE)) {
            throw new IllegalArgumentException(
                    site + " cannot compute from " + described(arguments) + ": " + expected);
        }
    }

    private static String described(List<@Nullable Object> arguments) {
        List<String> texts =
                arguments.stream()
                        .map(
                                argument ->
                                        argument instanceof NDArray array
                                                ? array.getDataType() + " " + array.getShape()
                                                : String.valueOf(argument))
                        .toList();
        return String.join(", ", texts);
    }

    /** Returns what is wrong, or null. */
    private static @Nullable String pooling(List<@Nullable Object> arguments, int kernelAt) {
        if (!(arguments.get(0) instanceof NDArray x)
                || !(arguments.get(kernelAt) instanceof Shape kernel)
                || !(arguments.get(kernelAt + 1) instanceof Shape stride)) {
            return "an array, a kernel shape and a stride are needed.";
        }
        Shape input = x.getShape();
        int spatial = input.dimension() - 2;
        if (!isSpatial(spatial) || kernel.dimension() != spatial || stride.dimension() != spatial) {
            return "an input (batch, channels, 1 to 3 spatial dimensions) has a kernel and a stride"
                    + " of as many spatial dimensions.";
        }
        if (!isFloating(x)) {
            return "the input is of a floating type.";
        }
        Shape padding = arguments.get(kernelAt + 2) instanceof Shape shape ? shape : null;
        if (padding != null && padding.dimension() != spatial) {
            return "the padding has as many dimensions as the kernel.";
        }
        for (int i = 0; i < spatial; i++) {
            long pad = padding == null ? 0 : padding.get(i);
            if (kernel.get(i) < 1 || stride.get(i) < 1 || pad < 0 || 2 * pad > kernel.get(i)) {
                return "kernel and stride are at least 1, and padding is at most half of the kernel.";
            }
            if (input.get(i + 2) + 2 * pad < kernel.get(i)) {
                return "the kernel is no larger than the padded input.";
            }
        }
        return input.get(1) < 1 ? "the input has at least one channel." : null;
    }

    private static @Nullable String convolution(List<@Nullable Object> arguments) {
        if (!(arguments.get(1) instanceof NDArray x)
                || !(arguments.get(2) instanceof NDArray weight)
                || !(arguments.get(4) instanceof Shape stride)
                || !(arguments.get(5) instanceof Shape padding)
                || !(arguments.get(6) instanceof Shape dilation)
                || !(arguments.get(7) instanceof Integer groups)) {
            return "an input, a weight, stride, padding, dilation and groups are needed.";
        }
        Shape input = x.getShape();
        Shape kernel = weight.getShape();
        int spatial = input.dimension() - 2;
        if (!isSpatial(spatial)
                || kernel.dimension() != spatial + 2
                || stride.dimension() != spatial
                || padding.dimension() != spatial
                || dilation.dimension() != spatial) {
            return "an input (batch, channels, 1 to 3 spatial dimensions) has a weight of as many dimensions,"
                    + " and a stride, padding and dilation for each spatial one.";
        }
        if (groups < 1
                || kernel.get(0) < 1
                || kernel.get(1) < 1
                || kernel.get(0) % groups != 0
                || input.get(1) != kernel.get(1) * groups) {
            return "the weight is (filters, channels / groups, kernel), with filters a multiple of groups.";
        }
        for (int i = 0; i < spatial; i++) {
            if (kernel.get(i + 2) < 1
                    || stride.get(i) < 1
                    || dilation.get(i) < 1
                    || padding.get(i) < 0) {
                return "kernel, stride and dilation are at least 1, and padding at least 0.";
            }
            if (input.get(i + 2) + 2 * padding.get(i)
                    < dilation.get(i) * (kernel.get(i + 2) - 1) + 1) {
                return "the dilated kernel is no larger than the padded input.";
            }
        }
        if (arguments.get(3) instanceof NDArray bias
                && (!bias.getShape().equals(new Shape(kernel.get(0)))
                        || bias.getDataType() != weight.getDataType())) {
            return "the bias has one number for each filter, of the weight's type.";
        }
        return isFloating(x) && x.getDataType() == weight.getDataType()
                ? null
                : "input and weight are of the same floating type.";
    }

    private static boolean isSpatial(int dimensions) {
        return dimensions >= 1 && dimensions <= MAX_SPATIAL;
    }

    private static boolean isFloating(NDArray array) {
        DataType type = array.getDataType();
        return type == DataType.FLOAT16 || type == DataType.FLOAT32 || type == DataType.FLOAT64;
    }
}
