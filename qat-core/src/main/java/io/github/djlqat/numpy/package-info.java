/** Arrays that NumPy saved, read without native code. */
@NullMarked
package io.github.djlqat.numpy;

import org.jspecify.annotations.NullMarked;
