/** Text that is HTML and well-formed XML at once. */
@NullMarked
package io.github.djlqat.report.markup;

import org.jspecify.annotations.NullMarked;
