package io.github.djlqat.sensitivity;

import io.github.djlqat.fakequant.QuantizedLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a layer costs memory and time.
 *
 * @param name the layer's name, which recipes match
 * @param op the operation, such as {@code convolution}
 * @param weight the full name of the weight
 * @param weights the number of the weight's elements
 * @param channels the number of output channels
 * @param inputs the number of the input's elements for one sample
 * @param multiplications the number of multiplications for one sample
 */
public record LayerSize(
        String name,
        String op,
        String weight,
        long weights,
        long channels,
        long inputs,
        long multiplications) {

    /**
     * Takes the sizes of a prepared model's layers. Uses of one weight under one name are one layer
     * with the inputs and multiplications of all.
     *
     * @param layers the layers of a prepared model
     * @return the sizes in order of execution
     */
    public static List<LayerSize> of(List<QuantizedLayer> layers) {
        Map<String, LayerSize> sizes = new LinkedHashMap<>();
        for (QuantizedLayer layer : layers) {
            sizes.merge(layer.name(), of(layer), LayerSize::plus);
        }
        return List.copyOf(new ArrayList<>(sizes.values()));
    }

    private static LayerSize of(QuantizedLayer layer) {
        long weights = layer.weightShape().size();
        long channels = layer.weightShape().get(layer.outputAxis());
        // A deconvolution multiplies each input by all that it reaches, the others collect.
        long multiplications =
                layer.op().equals("deconvolution")
                        ? layer.inputShape().size() * (weights / layer.weightShape().get(0))
                        : layer.outputShape().size() * (weights / channels);
        return new LayerSize(
                layer.name(),
                layer.op(),
                layer.weight(),
                weights,
                channels,
                layer.inputShape().size(),
                multiplications);
    }

    private LayerSize plus(LayerSize other) {
        return new LayerSize(
                name,
                op,
                weight,
                weights,
                channels,
                inputs + other.inputs,
                multiplications + other.multiplications);
    }
}
