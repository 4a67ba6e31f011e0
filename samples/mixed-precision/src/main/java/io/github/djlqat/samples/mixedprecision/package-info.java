/** Training in mixed precision. */
@NullMarked
package io.github.djlqat.samples.mixedprecision;

import org.jspecify.annotations.NullMarked;
