/** What a prepared model tells of itself. */
@NullMarked
package io.github.djlqat.report.collect;

import org.jspecify.annotations.NullMarked;
