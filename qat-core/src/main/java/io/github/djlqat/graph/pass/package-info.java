/** Rewrites of traced programs that keep what they compute. */
@NullMarked
package io.github.djlqat.graph.pass;

import org.jspecify.annotations.NullMarked;
