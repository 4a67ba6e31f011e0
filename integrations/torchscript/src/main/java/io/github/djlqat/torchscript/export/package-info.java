/** Writes traced graphs as TorchScript archives. */
@NullMarked
package io.github.djlqat.torchscript.export;

import org.jspecify.annotations.NullMarked;
