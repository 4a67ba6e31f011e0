package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * The training-time options as they are written in JSON or YAML; null is a field that is left out.
 */
record TrainingDocument(
        @JsonPropertyDescription(
                        "Whether a convolution's weight is quantized as if the BatchNorm behind it were folded into it;"
                                + " true where left out.")
                @Nullable Boolean foldBatchNorm,
        @Minimum(-1)
                @JsonPropertyDescription(
                        "The number of training steps after which BatchNorm uses and keeps its running"
                                + " statistics; -1, or left out, for never.")
                @Nullable Long freezeBatchNormAfter,
        @Minimum(-1)
                @JsonPropertyDescription(
                        "The number of training steps after which observers stop updating; -1, or left"
                                + " out, for never.")
                @Nullable Long freezeObserversAfter,
        @Minimum(0)
                @JsonPropertyDescription(
                        "The number of training steps in floating point before quantization begins; 0 where left out.")
                @Nullable Long quantizeAfter,
        @Minimum(0)
                @JsonPropertyDescription(
                        "The number of training steps over which the share of weights that are quantized rises"
                                + " to its final one; 0, or left out, for at once.")
                @Nullable Long quantizeGraduallyOver,
        @JsonPropertyDescription(
                        "The share of each weight's elements that a training step quantizes, above 0 and at"
                                + " most 1; 1 where left out.")
                @Nullable Double quantizedShare,
        @JsonPropertyDescription(
                        "What the choice of quantized elements and the noise of estimators are drawn from; 0 where"
                                + " left out.")
                @Nullable Long seed) {}
