/** A report on a network that reads digits, from training to quantized files. */
@NullMarked
package io.github.djlqat.samples.digitsreport;

import org.jspecify.annotations.NullMarked;
