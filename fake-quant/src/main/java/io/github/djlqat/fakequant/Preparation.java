package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.recipe.Recipe;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a recipe makes of a block. It is one value, so that a forward pass that runs while the model
 * goes on with another recipe sees either the one or the other.
 *
 * @param recipe what is quantized, and how
 * @param graphs the block's program, traced at two batch sizes
 * @param plan where the block is quantized
 * @param quantizers what rounds its tensors
 * @param training the block under its quantizers
 * @param frozen the same, with the folded BatchNorms as in inference
 */
record Preparation(
        Recipe recipe,
        List<Graph> graphs,
        QuantizationPlan plan,
        Quantizers quantizers,
        InterceptedBlock training,
        InterceptedBlock frozen) {

    /** Makes the quantizers, whose parameters attach to the manager. */
    static Preparation of(
            Block block,
            Recipe recipe,
            List<Graph> graphs,
            QuantizationPlan plan,
            NDManager manager,
            Supplier<WeightShare> share) {
        Quantizers quantizers = new Quantizers(plan, manager);
        InterceptedBlock training =
                new InterceptedBlock(
                        block, new QuantizeInterceptor(plan, quantizers, share, false));
        return new Preparation(
                recipe,
                graphs,
                plan,
                quantizers,
                training,
                training.withInterceptors(
                        List.of(new QuantizeInterceptor(plan, quantizers, share, true))));
    }

    /** Returns the same for a block that chooses other shares of its weights. */
    Preparation withShare(Supplier<WeightShare> share) {
        return new Preparation(
                recipe,
                graphs,
                plan,
                quantizers,
                under(new QuantizeInterceptor(plan, quantizers, share, false)),
                under(new QuantizeInterceptor(plan, quantizers, share, true)));
    }

    /** Returns the block under another interceptor. */
    InterceptedBlock under(Interceptor interceptor) {
        return training.withInterceptors(List.of(interceptor));
    }
}
