package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fused attention, composed of its products and its softmax. */
final class AttentionOps {

    private AttentionOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("scaled_dot_product_attention", AttentionOps::attention);
        table.put("_native_multi_head_attention", AttentionOps::multiHead);
    }

    // (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
    private static Tensor attention(AtenCall call) {
        if (call.real(4, "dropout_p", 0) != 0 && call.training()) {
            throw call.refusal("in training, attention without dropout is legal");
        }
        if (call.flag(7, "enable_gqa", false)) {
            throw call.refusal("grouped queries are not lifted");
        }
        NDArray query = call.array(0);
        NDArray key = call.array(1);
        double scale =
                call.has(6, "scale")
                        ? call.real(6, "scale", 1)
                        : 1 / Math.sqrt(query.getShape().get(query.getShape().dimension() - 1));
        NDArray mask = call.optionalArray(3, "attn_mask");
        boolean causal = call.flag(5, "is_causal", false);
        return Tensor.of(attend(call, query, key, call.array(2), mask, causal, scale).context());
    }

    private record Attended(NDArray context, NDArray weights) {}

    private static Attended attend(
            AtenCall call,
            NDArray query,
            NDArray key,
            NDArray value,
            @Nullable NDArray mask,
            boolean causal,
            double scale) {
        int rank = key.getShape().dimension();
        long queries = query.getShape().get(query.getShape().dimension() - 2);
        long keys = key.getShape().get(rank - 2);
        call.budget().reserve(new Shape(query.size(), Math.max(1, keys)));
        DataType type = query.getDataType();
        NDArray scores =
                query.mul(Numbers.of(scale, type)).matMul(key.swapAxes(rank - 2, rank - 1));
        NDArray biases = mask;
        if (causal) {
            biases = causalMask(call.manager(), queries, keys);
        }
        if (biases != null && biases.getDataType() == DataType.BOOLEAN) {
            NDArray kept = ComparisonOps.broadcast(biases, scores.getShape());
            NDArray hidden = Numbers.array(Float.NEGATIVE_INFINITY, type, call.manager());
            scores = ComparisonOps.choose(kept, scores, hidden);
        } else if (biases != null) {
            scores = scores.add(biases);
        }
        NDArray weights = scores.softmax(scores.getShape().dimension() - 1);
        return new Attended(weights.matMul(value), weights);
    }

    /** Query {@code i} sees the keys up to {@code i}. */
    private static NDArray causalMask(NDManager manager, long queries, long keys) {
        NDArray rows = manager.arange(0, queries, 1f, DataType.INT64).reshape(queries, 1);
        return rows.gte(manager.arange(0, keys, 1f, DataType.INT64).reshape(1, keys));
    }

    // (query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, mask,
    // need_weights, average_attn_weights, mask_type)
    private static Tuple multiHead(AtenCall call) {
        if (call.get(0, "") != call.get(1, "") || call.get(0, "") != call.get(2, "")) {
            throw call.refusal("legal is one tensor as query, key and value");
        }
        NDArray x = call.array(0);
        long batch = x.getShape().get(0);
        long length = x.getShape().get(1);
        long width = call.integer(3, "embed_dim");
        long heads = call.integer(4, "num_head");
        if (heads < 1 || width % heads != 0) {
            throw call.refusal(width + " features in " + heads + " heads; legal is a multiple");
        }
        NDArray joined = LayerOps.linear(call, x, call.array(5), call.array(6));
        NDArray[] parts = new NDArray[3];
        for (int i = 0; i < 3; i++) {
            parts[i] =
                    IndexingOps.slice(joined, 2, i * width, (i + 1) * width, 1)
                            .reshape(batch, length, heads, width / heads)
                            .transpose(0, 2, 1, 3);
        }
        double scale = 1 / Math.sqrt((double) width / heads);
        Attended attended =
                attend(call, parts[0], parts[1], parts[2], seen(call, batch, length), false, scale);
        NDArray context = attended.context().transpose(0, 2, 1, 3).reshape(batch, length, width);
        Tensor result = Tensor.of(LayerOps.linear(call, context, call.array(7), call.array(8)));
        if (!call.flag(10, "need_weights", true)) {
            return Tuple.of(result, null);
        }
        NDArray weights = attended.weights();
        return Tuple.of(
                result,
                Tensor.of(
                        call.flag(11, "average_attn_weights", true)
                                ? weights.mean(new int[] {1}, false)
                                : weights));
    }

    /** Which keys queries see: those that the mask has 0 for, by batches, heads and queries. */
    private static @Nullable NDArray seen(AtenCall call, long batch, long length) {
        NDArray mask = call.optionalArray(9, "mask");
        if (mask == null) {
            return null;
        }
        NDArray seen = mask.toType(DataType.FLOAT32, false).eq(0f);
        Shape shape = mask.getShape();
        boolean ofKeys = call.integer(12, "mask_type", 2) == 1;
        if (ofKeys && shape.equals(new Shape(batch, length))) {
            return seen.reshape(batch, 1, 1, length);
        }
        boolean ofQueries = shape.dimension() == 2 || shape.dimension() == 4;
        if (ofKeys || !ofQueries || shape.get(shape.dimension() - 1) != length) {
            throw call.refusal("the mask has the shape " + shape);
        }
        return seen;
    }
}
