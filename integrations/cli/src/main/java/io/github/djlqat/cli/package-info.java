/** The command line: a command for each task of {@link io.github.djlqat.workflow}. */
@NullMarked
package io.github.djlqat.cli;

import org.jspecify.annotations.NullMarked;
