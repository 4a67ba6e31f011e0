/** Listeners and configurations of DJL's training for models that are prepared for quantization. */
@NullMarked
package io.github.djlqat.extension.training;

import org.jspecify.annotations.NullMarked;
