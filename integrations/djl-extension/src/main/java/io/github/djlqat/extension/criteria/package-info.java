/** Quantization by options of DJL's {@link ai.djl.repository.zoo.Criteria}. */
@NullMarked
package io.github.djlqat.extension.criteria;

import org.jspecify.annotations.NullMarked;
