package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.scheme.Symmetry;
import org.jspecify.annotations.Nullable;

/**
 * How weights are quantized, as it is written in JSON or YAML; null is a field that is left out.
 */
record WeightsDocument(
        @Required @JsonPropertyDescription("The number format of the codes.")
                @Nullable FormatWord format,
        @JsonPropertyDescription(
                        "Whether the most negative code of a signed format is left unused; false where left out.")
                @Nullable Boolean narrowRange,
        @JsonPropertyDescription("Where zero sits; symmetric where left out.")
                @Nullable Symmetry symmetry,
        @JsonPropertyDescription("Which elements share a scale; per-channel where left out.")
                @Nullable WeightGranularity granularity,
        @Minimum(0)
                @JsonPropertyDescription(
                        "The axis of channels or groups; where left out 0 for per-channel and 1 for per-group.")
                @Nullable Integer axis,
        @Minimum(1)
                @JsonPropertyDescription(
                        "The number of elements of a group; needed for per-group, only there.")
                @Nullable Integer groupSize,
        @JsonPropertyDescription(
                        "Whether the last group along the axis may be shorter; only for per-group, false where left out.")
                @Nullable Boolean shortTail,
        @Minimum(1)
                @JsonPropertyDescription(
                        "The number of elements of a block along the last axis but one; needed for per-block, only there.")
                @Nullable Integer blockRows,
        @Minimum(1)
                @JsonPropertyDescription(
                        "The number of elements of a block along the last axis; needed for per-block, only there.")
                @Nullable Integer blockColumns,
        @JsonPropertyDescription("How the range is found in calibration; min-max where left out.")
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
