package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Normalization over the batch, the features, and groups of channels. */
final class NormalizationOps {

    private NormalizationOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("batch_norm", NormalizationOps::batchNorm);
        table.put("_weight_norm", NormalizationOps::weightNorm);
        table.put("layer_norm", NormalizationOps::layerNorm);
        table.put("rms_norm", NormalizationOps::rootMeanSquare);
        table.put("group_norm", NormalizationOps::groupNorm);
        table.put("instance_norm", NormalizationOps::instanceNorm);
    }

    // (input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled)
    private static Tensor batchNorm(AtenCall call) {
        NDArray x = call.array(0);
        boolean training = call.flag(5, "training", false);
        NDArray mean = call.optionalArray(3, "running_mean");
        NDArray variance = call.optionalArray(4, "running_var");
        if (mean == null || variance == null) {
            return Tensor.of(byBatch(call, x));
        }
        long channels = x.getShape().dimension() < 2 ? -1 : x.getShape().get(1);
        if (mean.size() != channels) {
            throw call.refusal(
                    "the input has the shape "
                            + x.getShape()
                            + " for "
                            + mean.size()
                            + " channels");
        }
        if (training && !call.has(6, "momentum")) {
            throw call.refusal("a cumulative average of the statistics has no form in DJL");
        }
        call.reserved(x.getShape().getShape());
        return Tensor.of(
                x.getNDArrayInternal()
                        .batchNorm(
                                x,
                                mean,
                                variance,
                                call.optionalArray(1, "weight"),
                                call.optionalArray(2, "bias"),
                                1,
                                1 - (float) call.real(6, "momentum", 0.1),
                                (float) call.real(7, "eps", 1e-5),
                                training)
                        .singletonOrThrow());
    }

    /** Weights are standardized so, channel by channel. */
    private static NDArray byBatch(AtenCall call, NDArray x) {
        int rank = x.getShape().dimension();
        if (rank < 2) {
            throw call.refusal("the input has the shape " + x.getShape() + " without channels");
        }
        int[] others = IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
        call.reserved(x.getShape().getShape());
        NDArray centered = x.sub(ReductionOps.mean(call, x, others, true));
        NDArray variance = ReductionOps.mean(call, centered.square(), others, true);
        NDArray y = centered.div(variance.add((float) call.real(7, "eps", 1e-5)).sqrt());
        return scaled(y, call.optionalArray(1, "weight"), call.optionalArray(2, "bias"));
    }

    /** \( g \, v / \lVert v \rVert \), over all axes but one. */
    // (v, g, dim)
    private static Tensor weightNorm(AtenCall call) {
        NDArray v = call.array(0);
        int rank = v.getShape().dimension();
        int kept = call.axis(2, "dim", 0, rank);
        int[] others = IntStream.range(0, rank).filter(axis -> axis != kept).toArray();
        call.reserved(v.getShape().getShape());
        return Tensor.of(v.mul(call.array(1).div(v.square().sum(others, true).sqrt())));
    }

    // (input, normalized_shape, weight, bias, eps, cudnn_enable)
    private static Tensor layerNorm(AtenCall call) {
        return Tensor.of(
                layerNorm(
                        call,
                        call.array(0),
                        new Shape(call.integers(1, "normalized_shape")),
                        call.optionalArray(2, "weight"),
                        call.optionalArray(3, "bias"),
                        call.real(4, "eps", 1e-5)));
    }

    private static NDArray layerNorm(
            AtenCall call,
            NDArray x,
            Shape normalized,
            @Nullable NDArray weight,
            @Nullable NDArray bias,
            double eps) {
        NDManager manager = call.manager();
        NDArray gamma = weight == null ? manager.ones(normalized, x.getDataType()) : weight;
        NDArray beta = bias == null ? manager.zeros(normalized, x.getDataType()) : bias;
        call.reserved(x.getShape().getShape());
        return x.getNDArrayInternal()
                .layerNorm(x, normalized, gamma, beta, (float) eps)
                .singletonOrThrow();
    }

    /** \( x / \sqrt{\mathrm{mean}(x^2) + \epsilon} \cdot w \) */
    // (input, normalized_shape, weight, eps)
    private static Tensor rootMeanSquare(AtenCall call) {
        NDArray x = call.array(0);
        int axes = call.integers(1, "normalized_shape").length;
        int rank = x.getShape().dimension();
        int[] last = new int[axes];
        Arrays.setAll(last, i -> rank - axes + i);
        double eps = call.real(3, "eps", Math.ulp(1f));
        NDArray square = ReductionOps.mean(call, x.square(), last, true);
        NDArray y = x.mul(square.add((float) eps).sqrt().getNDArrayInternal().rdiv(1f));
        NDArray weight = call.optionalArray(2, "weight");
        return Tensor.of(weight == null ? y : y.mul(weight));
    }

    // (input, num_groups, weight, bias, eps, cudnn_enabled)
    private static Tensor groupNorm(AtenCall call) {
        return Tensor.of(
                grouped(
                        call,
                        call.integer(1, "num_groups"),
                        call.optionalArray(2, "weight"),
                        call.optionalArray(3, "bias"),
                        call.real(4, "eps", 1e-5)));
    }

    // (input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn)
    private static Tensor instanceNorm(AtenCall call) {
        if (!call.flag(5, "use_input_stats", true)) {
            throw call.refusal("legal is instance normalization by the input's statistics");
        }
        return Tensor.of(
                grouped(
                        call,
                        call.tensor(0).shape().get(1),
                        call.optionalArray(1, "weight"),
                        call.optionalArray(2, "bias"),
                        call.real(7, "eps", 1e-5)));
    }

    private static NDArray grouped(
            AtenCall call,
            long groups,
            @Nullable NDArray weight,
            @Nullable NDArray bias,
            double eps) {
        NDArray x = call.array(0);
        Shape shape = x.getShape();
        if (shape.dimension() < 2 || groups < 1 || shape.get(1) % groups != 0) {
            throw call.refusal(
                    "the shape " + shape + " is normalized in " + groups + " groups of channels");
        }
        long size = shape.size() / Math.max(1, shape.get(0) * groups);
        NDArray flat = x.reshape(shape.get(0), groups, size);
        NDArray y = layerNorm(call, flat, new Shape(size), null, null, eps).reshape(shape);
        return scaled(y, weight, bias);
    }

    private static NDArray scaled(NDArray y, @Nullable NDArray weight, @Nullable NDArray bias) {
        long[] channels = new long[y.getShape().dimension()];
        Arrays.fill(channels, 1);
        channels[1] = y.getShape().get(1);
        NDArray result = weight == null ? y : y.mul(weight.reshape(channels));
        return bias == null ? result : result.add(bias.reshape(channels));
    }
}
