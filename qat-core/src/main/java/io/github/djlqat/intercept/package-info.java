/** Interception of the operations that a block performs, with no change to the block. */
@NullMarked
package io.github.djlqat.intercept;

import org.jspecify.annotations.NullMarked;
