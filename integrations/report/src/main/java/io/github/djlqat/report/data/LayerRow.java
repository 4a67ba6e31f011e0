package io.github.djlqat.report.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One layer of the model.
 *
 * @param name the name of the layer in the model
 * @param op the operation, such as {@code convolution}
 * @param weight how the weight is quantized, or null where it is in floating point
 * @param input how the input is quantized, or null where it is in floating point
 * @param output the number format of the output, or null where it is in floating point
 * @param sqnr the signal-to-quantization-noise ratio of the output in dB, quantized against
 *     unquantized on the same inputs; null where it is not known, and where nothing is lost
 * @param sensitivity how much the model suffers from quantizing the layer, by the name of the
 *     measure; larger is worse
 * @param parameters the number of parameters, or null
 * @param bytes the size of the stored parameters in bytes, or null
 */
public record LayerRow(
        String name,
        String op,
        @Nullable TensorSummary weight,
        @Nullable TensorSummary input,
        @Nullable String output,
        @Nullable Double sqnr,
        Map<String, Double> sensitivity,
        @Nullable Long parameters,
        @Nullable Long bytes) {

    private static final int MAX_MEASURES = 20;

    /**
     * Copies the map and checks the parts.
     *
     * @param name the name of the layer in the model
     * @param op the operation, such as {@code convolution}
     * @param weight how the weight is quantized, or null where it is in floating point
     * @param input how the input is quantized, or null where it is in floating point
     * @param output the number format of the output, or null where it is in floating point
     * @param sqnr the signal-to-quantization-noise ratio of the output in dB, quantized against
     *     unquantized on the same inputs; null where it is not known, and where nothing is lost
     * @param sensitivity how much the model suffers from quantizing the layer, by the name of the
     *     measure; larger is worse
     * @param parameters the number of parameters, or null
     * @param bytes the size of the stored parameters in bytes, or null
     * @throws IllegalArgumentException if a name is blank or a number out of its range
     */
    public LayerRow {
        Checks.name("name of a layer", name);
        Checks.name("op of the layer " + name, op);
        Checks.optionalName("output format of the layer " + name, output);
        Checks.finite("SQNR of the layer " + name, sqnr);
        sensitivity = Checks.map("measures of the layer " + name, sensitivity, MAX_MEASURES);
        sensitivity.forEach((measure, value) -> Checks.finite("measure " + measure, value));
        Checks.notNegative("number of parameters of the layer " + name, parameters);
        Checks.notNegative("size of the layer " + name + " in bytes", bytes);
    }

    /**
     * Returns the same layer with other sensitivity scores.
     *
     * @param scores the scores by the name of the measure
     * @return the layer
     */
    public LayerRow withSensitivity(Map<String, Double> scores) {
        return new LayerRow(name, op, weight, input, output, sqnr, scores, parameters, bytes);
    }
}
