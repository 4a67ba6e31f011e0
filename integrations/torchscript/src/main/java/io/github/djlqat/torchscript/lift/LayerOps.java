package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.github.djlqat.intercept.LegalShapes;
import io.github.djlqat.intercept.Site;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Convolutions, products of matrices and embeddings. */
final class LayerOps {

    private LayerOps() {}

    static void register(Map<String, AtenOp> table) {
        for (int spatial = 1; spatial <= 3; spatial++) {
            table.put("conv" + spatial + "d", LayerOps::convolution);
        }
        table.put("_convolution", LayerOps::anyConvolution);
        table.put("convolution", LayerOps::anyConvolution);
        table.put("_convolution_mode", LayerOps::convolution);
        table.put("linear", LayerOps::linear);
        table.put("addmm", LayerOps::addMatrixProduct);
        for (String product : new String[] {"matmul", "mm", "bmm", "mv"}) {
            table.put(product, LayerOps::product);
        }
        table.put("dot", call -> Tensor.of(call.array(0).mul(call.array(1)).sum()));
        table.put("baddbmm", LayerOps::addMatrixProduct);
        table.put("embedding", LayerOps::embedding);
    }

    // (input, weight, bias, stride, padding, dilation, groups)
    private static Tensor convolution(AtenCall call) {
        NDArray x = call.array(0);
        NDArray weight = call.array(1);
        int spatial = weight.getShape().dimension() - 2;
        long[] stride = repeated(call.optionalIntegers(3, "stride"), spatial, 1);
        long[] dilation = repeated(call.optionalIntegers(5, "dilation"), spatial, 1);
        long[] padding;
        if (call.get(4, "padding") instanceof String mode) {
            padding = new long[spatial];
            for (int i = 0; i < spatial && mode.equals("same"); i++) {
                long total = dilation[i] * (weight.getShape().get(i + 2) - 1);
                if (total % 2 != 0) {
                    x = padded(call, x, spatial - i, 0, 1);
                }
                padding[i] = total / 2;
            }
        } else {
            padding = repeated(call.optionalIntegers(4, "padding"), spatial, 0);
        }
        long groups = call.integer(6, "groups", 1);
        NDArray bias = call.optionalArray(2, "bias");
        return Tensor.of(convolution(call, x, weight, bias, stride, padding, dilation, groups));
    }

    private static NDArray padded(
            AtenCall call, NDArray x, int axisFromEnd, long before, long after) {
        long[] padding = new long[2 * axisFromEnd];
        padding[2 * axisFromEnd - 2] = before;
        padding[2 * axisFromEnd - 1] = after;
        return ShapeOps.pad(call, x, padding, 0);
    }

    // (input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, ...)
    private static Tensor anyConvolution(AtenCall call) {
        if (call.flag(6, "transposed", false)) {
            throw call.refusal("DJL's PyTorch engine has no transposed convolution");
        }
        NDArray weight = call.array(1);
        int spatial = weight.getShape().dimension() - 2;
        return Tensor.of(
                convolution(
                        call,
                        call.array(0),
                        weight,
                        call.optionalArray(2, "bias"),
                        repeated(call.optionalIntegers(3, "stride"), spatial, 1),
                        repeated(call.optionalIntegers(4, "padding"), spatial, 0),
                        repeated(call.optionalIntegers(5, "dilation"), spatial, 1),
                        call.integer(8, "groups", 1)));
    }

    /** Returns a number for each spatial axis, where one number stands for all. */
    static long[] repeated(long @Nullable [] given, int spatial, long otherwise) {
        if (given != null && given.length != 1) {
            return given;
        }
        long[] all = new long[Math.max(0, spatial)];
        Arrays.fill(all, given == null ? otherwise : given[0]);
        return all;
    }

    private static NDArray convolution(
            AtenCall call,
            NDArray input,
            NDArray weight,
            @Nullable NDArray bias,
            long[] stride,
            long[] padding,
            long[] dilation,
            long groups) {
        boolean batched = input.getShape().dimension() == weight.getShape().dimension();
        NDArray x = batched ? input : input.expandDims(0);
        Shape strides = new Shape(stride);
        Shape paddings = new Shape(padding);
        Shape dilations = new Shape(dilation);
        int count = Math.toIntExact(groups);
        LegalShapes.require(
                new Site(call.name(), "convolution"),
                call.manager(),
                Arrays.asList(x, x, weight, bias, strides, paddings, dilations, count));
        long[] result = x.getShape().getShape().clone();
        result[1] = weight.getShape().get(0);
        for (int i = 0; i < stride.length; i++) {
            result[i + 2] = (result[i + 2] + 2 * padding[i]) / stride[i];
        }
        call.reserved(result);
        NDArray y =
                x.getNDArrayInternal()
                        .convolution(x, weight, bias, strides, paddings, dilations, count)
                        .singletonOrThrow();
        return batched ? y : y.squeeze(0);
    }

    private static Tensor linear(AtenCall call) {
        return Tensor.of(linear(call, call.array(0), call.array(1), call.optionalArray(2, "bias")));
    }

    /** \( x W^T + b \) */
    static NDArray linear(AtenCall call, NDArray x, NDArray weight, @Nullable NDArray bias) {
        Shape features = weight.getShape();
        int rank = x.getShape().dimension();
        if (features.dimension() != 2
                || rank < 1
                || x.getShape().get(rank - 1) != features.get(1)) {
            throw call.refusal(
                    "the input has the shape "
                            + x.getShape()
                            + " and the weight "
                            + features
                            + "; legal is a weight (outputs, inputs) for an input (..., inputs)");
        }
        long[] result = x.getShape().getShape().clone();
        result[rank - 1] = features.get(0);
        call.reserved(result);
        return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
    }

    private static Tensor product(AtenCall call) {
        return Tensor.of(product(call, call.tensor(0), call.tensor(1)));
    }

    /** A product with a transposed matrix that the model holds is a linear layer. */
    private static NDArray product(AtenCall call, Tensor a, Tensor b) {
        Tensor weight = b.untransposed();
        if (weight != null && b.shape().dimension() == 2 && a.shape().dimension() >= 2) {
            return linear(call, a.array(), weight.array(), null);
        }
        int rank = a.shape().dimension();
        int other = b.shape().dimension();
        if (rank < 1 || other < 1) {
            throw call.refusal("a tensor without axes is multiplied as a matrix");
        }
        long columns = other == 1 ? 1 : b.shape().get(other - 1);
        call.budget().reserve(new Shape(a.shape().size(), Math.max(1, columns)));
        return a.array().matMul(b.array());
    }

    // (self, a, b, beta, alpha): beta self + alpha a b
    private static Tensor addMatrixProduct(AtenCall call) {
        double beta = call.real(3, "beta", 1);
        double alpha = call.real(4, "alpha", 1);
        Tensor weight = call.tensor(2).untransposed();
        if (weight != null
                && beta == 1
                && alpha == 1
                && call.tensor(0).shape().dimension() == 1
                && call.tensor(2).shape().dimension() == 2) {
            return Tensor.of(linear(call, call.array(1), weight.array(), call.array(0)));
        }
        NDArray product = product(call, call.tensor(1), call.tensor(2));
        DataType type = product.getDataType();
        NDArray scaled = alpha == 1 ? product : product.mul(Numbers.of(alpha, type));
        if (beta == 0) {
            return Tensor.of(scaled);
        }
        NDArray added = call.array(0);
        return Tensor.of(scaled.add(beta == 1 ? added : added.mul(Numbers.of(beta, type))));
    }

    // (weight, indices, padding_idx, scale_grad_by_freq, sparse)
    private static Tensor embedding(AtenCall call) {
        NDArray weight = call.array(0);
        NDArray indices = call.array(1);
        if (weight.getShape().dimension() != 2 || !indices.getDataType().isInteger()) {
            throw call.refusal(
                    "legal are a weight (rows, columns) and indices of ints, not "
                            + weight.getShape()
                            + " and "
                            + indices.getDataType());
        }
        call.budget().reserve(new Shape(indices.size(), weight.getShape().get(1)));
        return Tensor.of(
                indices.getNDArrayInternal()
                        .embedding(indices, weight, SparseFormat.DENSE)
                        .singletonOrThrow());
    }
}
