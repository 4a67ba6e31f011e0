/** Tensors kept in the packed bytes of their format, with their scales and a description. */
@NullMarked
package io.github.djlqat.tensor;

import org.jspecify.annotations.NullMarked;
