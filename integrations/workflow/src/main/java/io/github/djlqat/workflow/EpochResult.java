package io.github.djlqat.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What an epoch of training came to.
 *
 * @param epoch its number, from 1
 * @param trainLoss the mean loss of its training steps
 * @param trainAccuracy the share of training samples classified rightly; null where labels are no
 *     classes
 * @param validationLoss the mean loss on the validation samples; null without them
 * @param validationAccuracy the share of validation samples classified rightly, or null
 */
public record EpochResult(
        int epoch,
        double trainLoss,
        @Nullable Double trainAccuracy,
        @Nullable Double validationLoss,
        @Nullable Double validationAccuracy) {}
