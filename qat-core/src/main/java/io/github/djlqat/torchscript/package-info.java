/** Writing TorchScript archives: the way from Java to every operation of the PyTorch engine. */
@NullMarked
package io.github.djlqat.torchscript;

import org.jspecify.annotations.NullMarked;
