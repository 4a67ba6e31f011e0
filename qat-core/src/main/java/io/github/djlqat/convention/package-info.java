/**
 * Conventions of integer quantization: how scales and zero points are chosen, and how values become
 * codes, as named parts that the bundles of the usual runtimes are composed of.
 */
@NullMarked
package io.github.djlqat.convention;

import org.jspecify.annotations.NullMarked;
