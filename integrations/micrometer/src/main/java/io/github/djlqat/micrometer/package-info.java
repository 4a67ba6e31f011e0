/** Micrometer meters of training. */
@NullMarked
package io.github.djlqat.micrometer;

import org.jspecify.annotations.NullMarked;
