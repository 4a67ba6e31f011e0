/** Reads labelled samples from files of any kind, and gives them as DJL datasets. */
@NullMarked
package io.github.djlqat.workflow.data;

import org.jspecify.annotations.NullMarked;
