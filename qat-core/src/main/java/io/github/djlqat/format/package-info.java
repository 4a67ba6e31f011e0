/** Number formats that quantized values are stored in, and the codes they can hold. */
@NullMarked
package io.github.djlqat.format;

import org.jspecify.annotations.NullMarked;
