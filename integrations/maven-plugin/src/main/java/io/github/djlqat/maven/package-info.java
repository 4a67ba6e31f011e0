/** Quantizes, evaluates, exports and reports on models in a Maven build. */
@NullMarked
package io.github.djlqat.maven;

import org.jspecify.annotations.NullMarked;
