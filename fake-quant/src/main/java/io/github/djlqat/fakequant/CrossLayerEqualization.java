package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.graph.GraphTracer;
import java.util.List;

/**
 * Gives the channels between two layers weights of equal range, so that one scale for a whole
 * weight fits all of its channels.
 *
 * <p>Where only operations lie between two layers that scale with their input, such as relu and
 * pooling, \( W_2 f(W_1 x) = (W_2 S) f(S^{-1} W_1 x) \) for every positive diagonal \( S \). With
 * \( s_i = \sqrt{r_{1,i} / r_{2,i}} \), the greatest magnitudes of channel \( i \) in both weights
 * become equal. A BatchNorm behind the first layer takes the factors in place of the layer.
 *
 * <p>Used before {@link Quantization#prepare}, on the floating-point model, whose outputs stay the
 * same up to rounding.
 *
 * @see <a href="https://arxiv.org/abs/1906.04721">Nagel et al., Data-Free Quantization Through
 *     Weight Equalization and Bias Correction, section 4.1</a>
 */
public final class CrossLayerEqualization {

    private static final int MOST_ROUNDS = 20;
    private static final double SETTLED = 1.001;

    private CrossLayerEqualization() {}

    /**
     * Changes the parameters of a block.
     *
     * @param block an initialized block in floating point
     * @param manager a manager on the device to run on; nothing stays attached to it
     * @param inputShapes the shapes of the inputs, the first dimension counting samples; used to
     *     run the block once
     * @return the pairs of layers that were equalized, empty where the block has none
     * @throws IllegalArgumentException if the block is prepared already, holds a symbolic block, or
     *     a parameter that is not finite; the block is then as it was
     * @throws IllegalStateException if the block is not initialized, or cannot be recorded
     */
    public static List<EqualizedLayers> equalize(
            Block block, NDManager manager, Shape... inputShapes) {
        Preconditions.requireUnquantized(block);
        List<ChannelPair> pairs;
        try (NDManager scope = manager.newSubManager()) {
            NDList inputs = new NDList(inputShapes.length);
            for (Shape shape : inputShapes) {
                inputs.add(scope.zeros(shape));
            }
            pairs = ChannelPairs.find(GraphTracer.trace(block, scope, inputs));
        }
        Preconditions.requireFinite(block);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double change = pairs.stream().mapToDouble(ChannelPair::equalize).max().orElse(1);
            if (change < SETTLED) {
                break;
            }
        }
        return pairs.stream().map(ChannelPair::names).toList();
    }
}
