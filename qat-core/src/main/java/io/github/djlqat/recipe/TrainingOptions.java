package io.github.djlqat.recipe;

/**
 * What changes while a prepared model is trained.
 *
 * @param foldBatchNorm whether a convolution's weight is quantized as if the BatchNorm behind it
 *     were folded into it
 * @param freezeBatchNormAfter the number of training steps after which BatchNorm uses and keeps its
 *     running statistics; -1 for never
 * @param freezeObserversAfter the number of training steps after which observers stop updating; -1
 *     for never
 */
public record TrainingOptions(
        boolean foldBatchNorm, long freezeBatchNormAfter, long freezeObserversAfter) {}
