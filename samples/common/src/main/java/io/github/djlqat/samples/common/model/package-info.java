/** The networks that the samples train. */
@NullMarked
package io.github.djlqat.samples.common.model;

import org.jspecify.annotations.NullMarked;
