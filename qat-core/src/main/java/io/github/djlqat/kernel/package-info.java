/**
 * Quantization kernels behind one interface: fast ones in TorchScript, portable ones in plain array
 * operations.
 */
@NullMarked
package io.github.djlqat.kernel;

import org.jspecify.annotations.NullMarked;
