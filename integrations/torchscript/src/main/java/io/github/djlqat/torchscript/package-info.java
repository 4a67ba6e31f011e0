/** TorchScript models: their archives, read and written. */
@NullMarked
package io.github.djlqat.torchscript;

import org.jspecify.annotations.NullMarked;
