/** Quantizes, evaluates, exports and reports on models in a Gradle build. */
@NullMarked
package io.github.djlqat.gradle;

import org.jspecify.annotations.NullMarked;
