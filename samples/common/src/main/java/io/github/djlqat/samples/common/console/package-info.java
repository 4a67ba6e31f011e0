/** How the samples are run, and what they print and write when they are done. */
@NullMarked
package io.github.djlqat.samples.common.console;

import org.jspecify.annotations.NullMarked;
