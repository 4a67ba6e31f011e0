/**
 * The pickles of TorchScript archives as trees of values.
 *
 * <p>Nothing in a pickle is executed: of Python's pickle language only the opcodes and globals that
 * PyTorch writes for TorchScript are read, and they only make values.
 */
@NullMarked
package io.github.djlqat.torchscript.pickle;

import org.jspecify.annotations.NullMarked;
