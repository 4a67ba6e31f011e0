/** Quantization where users of DJL look for it: listeners, training configuration, criteria. */
@NullMarked
package io.github.djlqat.extension;

import org.jspecify.annotations.NullMarked;
