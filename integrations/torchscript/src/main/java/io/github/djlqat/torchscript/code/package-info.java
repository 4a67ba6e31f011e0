/** TorchScript's source, parsed as far as is needed to change parts of it and nothing else. */
@NullMarked
package io.github.djlqat.torchscript.code;

import org.jspecify.annotations.NullMarked;
