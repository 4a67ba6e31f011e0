/** Accuracy by number format. */
@NullMarked
package io.github.djlqat.samples.numberformats;

import org.jspecify.annotations.NullMarked;
