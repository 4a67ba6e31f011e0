/**
 * Optimizers for DJL's trainers whose steps are those of PyTorch and whose state can be saved, with
 * parameter groups, and a moving average of the weights.
 */
@NullMarked
package io.github.djlqat.mixedprecision.optimizer;

import org.jspecify.annotations.NullMarked;
