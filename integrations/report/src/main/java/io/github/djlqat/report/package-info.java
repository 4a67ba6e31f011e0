/** A report on a quantized model: collected, written as one HTML file, as figures and as JSON. */
@NullMarked
package io.github.djlqat.report;

import org.jspecify.annotations.NullMarked;
