/**
 * How tensors map onto codes: granularity, symmetry, scales and zero points, and the quantized
 * tensors themselves.
 */
@NullMarked
package io.github.djlqat.scheme;

import org.jspecify.annotations.NullMarked;
