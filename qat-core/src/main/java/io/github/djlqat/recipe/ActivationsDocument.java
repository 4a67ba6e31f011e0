package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.scheme.Symmetry;
import org.jspecify.annotations.Nullable;

/**
 * How activations are quantized, as it is written in JSON or YAML; null is a field that is left
 * out.
 */
record ActivationsDocument(
        @Required @JsonPropertyDescription("The number format of the codes.")
                @Nullable FormatWord format,
        @JsonPropertyDescription(
                        "Whether the most negative code of a signed format is left unused; false where left out.")
                @Nullable Boolean narrowRange,
        @JsonPropertyDescription(
                        "Where zero sits; where left out symmetric for signed formats, affine for unsigned.")
                @Nullable Symmetry symmetry,
        @JsonPropertyDescription("Which elements share a scale; per-tensor where left out.")
                @Nullable ActivationGranularity granularity,
        @JsonPropertyDescription(
                        "How the range is found in calibration; moving-average where left out.")
                @Nullable ObserverType observer,
        @JsonPropertyDescription("How the scale moves in training; observed where left out.")
                @Nullable ScaleLearning learning,
        @JsonPropertyDescription(
                        "How scales are chosen and values rounded to integers; the recipe's where left out.")
                @Nullable Convention convention,
        @JsonPropertyDescription(
                        "A published quantizer with a scale and a gradient of its own, or how training rounds to"
                                + " integers with the observed scale; straight-through-input where left out.")
                @Nullable EstimatorWord estimator) {}
