/** Progress of long work: a bar on a terminal, plain lines in a log. */
@NullMarked
package io.github.djlqat.extension.console;

import org.jspecify.annotations.NullMarked;
