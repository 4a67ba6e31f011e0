/** TorchScript programs as blocks of DJL. */
@NullMarked
package io.github.djlqat.torchscript.lift;

import org.jspecify.annotations.NullMarked;
