/** Training in low precision with single-precision master weights. */
@NullMarked
package io.github.djlqat.mixedprecision;

import org.jspecify.annotations.NullMarked;
