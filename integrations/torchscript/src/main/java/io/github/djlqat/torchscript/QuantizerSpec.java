package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.torchscript.Value.Origin;
import org.jspecify.annotations.Nullable;

/**
 * How one operand of one module is quantized.
 *
 * @param name the name that errors give, such as {@code layer1.0.conv1 weight}
 * @param recipe the recipe, for weights whose output channels are axis 0
 * @param weight whether it is a weight
 * @param channelAxis the axis of output channels where it is multiplied, from the end if negative
 * @param origin where a weight is stored, or null for activations and weights that are computed
 * @param swapped whether the stored weight's last two axes are swapped where it is multiplied
 * @param fold the BatchNorm that is folded into a weight, or null
 * @param alone whether nothing else computes with the stored weight, so that it can be rounded
 */
record QuantizerSpec(
        String name,
        TensorRecipe recipe,
        boolean weight,
        int channelAxis,
        @Nullable Origin origin,
        boolean swapped,
        @Nullable FoldedNorm fold,
        boolean alone) {

    /**
     * The granularity of a tensor of a rank as it is multiplied. The only axis of a vector is
     * summed over, so that it has no output channels.
     */
    static Granularity granularity(TensorRecipe recipe, int channelAxis, int rank) {
        Granularity granularity = recipe.scheme().granularity();
        if (rank < 2) {
            return granularity instanceof Granularity.PerGroup group
                    ? new Granularity.PerGroup(0, group.size(), group.shortTail())
                    : Granularity.PER_TENSOR;
        }
        if (granularity instanceof Granularity.PerChannel channel) {
            return new Granularity.PerChannel(axis(channel.axis(), channelAxis, rank));
        }
        if (granularity instanceof Granularity.PerGroup group) {
            return new Granularity.PerGroup(
                    axis(group.axis(), channelAxis, rank), group.size(), group.shortTail());
        }
        return granularity;
    }

    /** The axis of output channels counted from the front, negative where a vector has none. */
    int channelAxisOf(int rank) {
        return channelAxis < 0 ? channelAxis + rank : channelAxis;
    }

    private static int axis(int axis, int channelAxis, int rank) {
        int channels = channelAxis < 0 ? channelAxis + rank : channelAxis;
        if (axis == 0) {
            return channels;
        }
        // The axis of inputs takes the place that the channels left.
        return axis == 1 && channels > 0 ? channels - 1 : axis;
    }
}
