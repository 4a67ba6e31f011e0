/** What the samples print and write when they are done. */
@NullMarked
package io.github.djlqat.samples.common.console;

import org.jspecify.annotations.NullMarked;
