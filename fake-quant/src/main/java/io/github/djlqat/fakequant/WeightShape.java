package io.github.djlqat.fakequant;

import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.ScaleLayout;

/** How a recipe's granularity applies to the weight of one layer. */
final class WeightShape {

    private WeightShape() {}

    /**
     * Returns the granularity over a weight's own axes. A recipe counts axes as in the weight of a
     * linear layer: output channels on axis 0, inputs on axis 1.
     */
    static Granularity onAxis(Granularity granularity, int outputAxis) {
        if (granularity instanceof Granularity.PerChannel channel && channel.axis() == 0) {
            return new Granularity.PerChannel(outputAxis);
        }
        if (granularity instanceof Granularity.PerGroup group
                && group.axis() == 1
                && outputAxis == 1) {
            return new Granularity.PerGroup(0, group.size(), group.shortTail());
        }
        return granularity;
    }

    /**
     * Checks that a weight can be cut into what shares a scale.
     *
     * @throws IllegalArgumentException if it cannot, naming the weight and the layer
     */
    static void check(WeightedLayer layer, Granularity granularity) {
        try {
            ScaleLayout.of(granularity, layer.parameter().getShape());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The weight "
                            + layer.parameterName()
                            + " of the layer "
                            + layer.name()
                            + " cannot be quantized: "
                            + e.getMessage()
                            + " Exclude the layer by a rule, or choose another granularity for it.",
                    e);
        }
    }
}
