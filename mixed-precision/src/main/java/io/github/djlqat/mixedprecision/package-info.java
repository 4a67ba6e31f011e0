/** The place of mixed-precision training, which this module does not offer yet. */
@NullMarked
package io.github.djlqat.mixedprecision;

import org.jspecify.annotations.NullMarked;
