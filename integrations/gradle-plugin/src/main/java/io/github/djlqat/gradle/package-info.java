/** Quantizes, evaluates and exports models in a Gradle build. */
@NullMarked
package io.github.djlqat.gradle;

import org.jspecify.annotations.NullMarked;
