/**
 * Gradient estimators: how training passes a gradient through rounding, which has none of its own.
 *
 * <p>Each is an immutable value that names its paper and its formulas, and is run by {@link
 * io.github.djlqat.kernel.Kernels#run}. Its operands follow the input in the order of {@link
 * io.github.djlqat.estimator.Estimator#operands()}.
 */
@NullMarked
package io.github.djlqat.estimator;

import org.jspecify.annotations.NullMarked;
