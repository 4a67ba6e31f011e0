/** What is thrown for TorchScript files that cannot be used. */
@NullMarked
package io.github.djlqat.torchscript.error;

import org.jspecify.annotations.NullMarked;
