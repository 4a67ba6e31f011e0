package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Two layers between which only operations lie that scale with their input, so that a factor for
 * each channel can move from one weight to the other.
 *
 * @param names the names of the layers
 * @param weight the first layer's weight, output channels first
 * @param bias the first layer's bias, or null
 * @param fold the BatchNorm behind the first layer, or null
 * @param next the second layer's weight, output channels first
 * @param groups the number of groups of the second layer
 */
record ChannelPair(
        EqualizedLayers names,
        Parameter weight,
        @Nullable Parameter bias,
        @Nullable BatchNormFold fold,
        Parameter next,
        int groups) {

    int channels() {
        return Math.toIntExact(weight.getShape().get(0));
    }

    /**
     * Scales each channel by \( \sqrt{r_2 / r_1} \), with the greatest magnitudes \( r_1, r_2 \) of
     * its weights in both layers, which makes them equal.
     *
     * @return the greatest factor by which a channel changed, at least 1
     */
    double equalize() {
        float[] weights = weight.getArray().toFloatArray();
        float[] nextWeights = next.getArray().toFloatArray();
        double[] first = outputRanges(weights);
        double[] second = new double[channels()];
        forEachInput(
                (i, channel) ->
                        second[channel] = Math.max(second[channel], Math.abs(nextWeights[i])));
        double[] factors = new double[channels()];
        double greatest = 1;
        for (int i = 0; i < factors.length; i++) {
            boolean used = first[i] > Float.MIN_NORMAL && second[i] > Float.MIN_NORMAL;
            factors[i] = used ? Math.sqrt(second[i] / first[i]) : 1;
            greatest = Math.max(greatest, Math.max(factors[i], 1 / factors[i]));
        }
        forEachInput((i, channel) -> nextWeights[i] = (float) (nextWeights[i] / factors[channel]));
        next.getArray().set(nextWeights);
        if (fold == null) {
            scale(weight, factors);
            scale(bias, factors);
        } else {
            scale(fold.gamma(), factors);
            scale(fold.beta(), factors);
        }
        return greatest;
    }

    private double[] outputRanges(float[] weights) {
        int size = weights.length / channels();
        double[] folded = fold == null ? null : fold.factors();
        IntToDoubleFunction factor = i -> folded == null ? 1 : Math.abs(folded[i]);
        double[] ranges = new double[channels()];
        for (int i = 0; i < weights.length; i++) {
            int channel = i / size;
            ranges[channel] =
                    Math.max(ranges[channel], Math.abs(weights[i]) * factor.applyAsDouble(channel));
        }
        return ranges;
    }

    private static void scale(@Nullable Parameter parameter, double[] factors) {
        if (parameter == null) {
            return;
        }
        float[] values = parameter.getArray().toFloatArray();
        int size = values.length / factors.length;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factors[i / size]);
        }
        parameter.getArray().set(values);
    }

    /** What is done with an element of the second weight that multiplies an input channel. */
    @FunctionalInterface
    private interface Element {
        void visit(int index, int channel);
    }

    private void forEachInput(Element element) {
        Shape shape = next.getShape();
        int outputs = Math.toIntExact(shape.get(0));
        int inputs = Math.toIntExact(shape.get(1));
        int size = Math.toIntExact(shape.size() / outputs / inputs);
        for (int output = 0; output < outputs; output++) {
            int group = output / (outputs / groups);
            for (int input = 0; input < inputs; input++) {
                for (int i = 0; i < size; i++) {
                    element.visit((output * inputs + input) * size + i, group * inputs + input);
                }
            }
        }
    }
}
