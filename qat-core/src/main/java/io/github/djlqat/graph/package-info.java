/**
 * The graph that tracing a block yields: operations, their arguments and the values between them.
 */
@NullMarked
package io.github.djlqat.graph;

import org.jspecify.annotations.NullMarked;
