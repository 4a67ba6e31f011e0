/** The command line. */
@NullMarked
package io.github.djlqat.cli;

import org.jspecify.annotations.NullMarked;
