package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Activation functions. */
final class ActivationOps {

    private ActivationOps() {}

    static void register(Map<String, AtenOp> table) {
        unary(table, "relu", x -> x.getNDArrayInternal().relu());
        unary(table, "sigmoid", x -> x.getNDArrayInternal().sigmoid());
        unary(table, "tanh", x -> x.getNDArrayInternal().tanh());
        unary(table, "selu", x -> x.getNDArrayInternal().selu());
        unary(table, "silu", x -> x.getNDArrayInternal().swish(1f));
        unary(table, "log_sigmoid", x -> x.neg().getNDArrayInternal().softPlus().neg());
        unary(table, "softsign", x -> x.getNDArrayInternal().softSign());
        unary(
                table,
                "mish",
                x -> x.mul(x.getNDArrayInternal().softPlus().getNDArrayInternal().tanh()));
        unary(table, "hardsigmoid", ActivationOps::hardSigmoid);
        unary(table, "hardswish", x -> x.mul(hardSigmoid(x)));
        table.put("gelu", ActivationOps::gelu);
        table.put("softplus", ActivationOps::softPlus);
        table.put("leaky_relu", call -> leakyRelu(call, 0.01));
        table.put("elu", ActivationOps::elu);
        table.put("prelu", ActivationOps::prelu);
        table.put("glu", ActivationOps::glu);
        table.put("softmax", call -> softmax(call, false));
        table.put("_softmax", call -> softmax(call, false));
        table.put("log_softmax", call -> softmax(call, true));
        table.put("_log_softmax", call -> softmax(call, true));
        table.put("dropout", ActivationOps::dropout);
        table.put("feature_dropout", ActivationOps::dropout);
        table.put("alpha_dropout", ActivationOps::dropout);
    }

    private static void unary(Map<String, AtenOp> table, String name, UnaryOperator<NDArray> op) {
        table.put(
                name,
                call -> {
                    NDArray x = floats(call);
                    call.reserved(x.getShape().getShape());
                    return Tensor.of(op.apply(x));
                });
    }

    private static NDArray floats(AtenCall call) {
        if (!call.tensor(0).type().isFloating() && !call.name().equals("relu")) {
            throw call.wrong(0, "self", "a tensor of floats");
        }
        return call.array(0);
    }

    /** \( \min(\max(x + 3, 0), 6) / 6 \) */
    private static NDArray hardSigmoid(NDArray x) {
        return x.add(3).clip(0, 6).div(6);
    }

    private static Tensor gelu(AtenCall call) {
        NDArray x = floats(call);
        String approximation = call.text(-1, "approximate", "none");
        if (approximation.equals("none")) {
            return Tensor.of(x.getNDArrayInternal().gelu());
        }
        NDArray cubic = x.square().mul(x).mul(0.044715f).add(x);
        NDArray tanh = cubic.mul((float) Math.sqrt(2 / Math.PI)).getNDArrayInternal().tanh();
        return Tensor.of(x.mul(0.5f).mul(tanh.add(1)));
    }

    private static Tensor softPlus(AtenCall call) {
        NDArray x = floats(call);
        double beta = call.real(1, "beta", 1);
        if (beta == 1) {
            return Tensor.of(x.getNDArrayInternal().softPlus());
        }
        NDArray scaled = x.mul((float) beta).getNDArrayInternal().softPlus();
        return Tensor.of(scaled.div((float) beta));
    }

    private static Tensor leakyRelu(AtenCall call, double slope) {
        float alpha = (float) call.real(1, "negative_slope", slope);
        return Tensor.of(floats(call).getNDArrayInternal().leakyRelu(alpha));
    }

    private static Tensor elu(AtenCall call) {
        if (call.real(2, "scale", 1) != 1 || call.real(3, "input_scale", 1) != 1) {
            throw call.refusal("it scales input or output; legal are scales of 1");
        }
        float alpha = (float) call.real(1, "alpha", 1);
        return Tensor.of(floats(call).getNDArrayInternal().elu(alpha));
    }

    /** \( \max(x, 0) + w \min(x, 0) \), with a slope for each channel. */
    private static Tensor prelu(AtenCall call) {
        NDArray x = floats(call);
        NDArray slope = call.array(1);
        if (slope.size() > 1) {
            long[] shape = new long[x.getShape().dimension()];
            java.util.Arrays.fill(shape, 1);
            shape[shape.length > 1 ? 1 : 0] = slope.size();
            slope = slope.reshape(shape);
        }
        return Tensor.of(x.maximum(0).add(x.minimum(0).mul(slope)));
    }

    private static Tensor glu(AtenCall call) {
        NDArray x = floats(call);
        int axis = call.axis(1, "dim", -1, x.getShape().dimension());
        long half = x.getShape().get(axis) / 2;
        NDArray value = IndexingOps.slice(x, axis, 0, half, 1);
        NDArray gate = IndexingOps.slice(x, axis, half, 2 * half, 1);
        return Tensor.of(value.mul(gate.getNDArrayInternal().sigmoid()));
    }

    private static Tensor softmax(AtenCall call, boolean logarithm) {
        Tensor tensor = call.tensor(0);
        // The last argument of _softmax is no type.
        DataType type = call.name().startsWith("_") ? null : call.optionalType(2, "dtype");
        NDArray x = type == null ? tensor.array() : FormOps.cast(call, tensor, type).array();
        call.reserved(x.getShape().getShape());
        int axis = call.axis(1, "dim", x.getShape().dimension());
        return Tensor.of(logarithm ? x.logSoftmax(axis) : x.softmax(axis));
    }

    private static Tensor dropout(AtenCall call) {
        if (!call.flag(2, "train", false)) {
            return call.tensor(0);
        }
        if (!call.name().equals("dropout")) {
            throw call.refusal("in training, dropout of single elements is legal");
        }
        NDArray x = call.array(0);
        float rate = (float) call.real(1, "p", 0.5);
        return Tensor.of(x.getNDArrayInternal().dropout(x, rate, true).singletonOrThrow());
    }
}
