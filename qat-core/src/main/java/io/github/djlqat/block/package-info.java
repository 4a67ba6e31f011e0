/**
 * Block formats: runs of values that share a scale which is stored with them, each defined by a
 * scalar codec between numbers and the bytes of the format's reference implementation.
 */
@NullMarked
package io.github.djlqat.block;

import org.jspecify.annotations.NullMarked;
