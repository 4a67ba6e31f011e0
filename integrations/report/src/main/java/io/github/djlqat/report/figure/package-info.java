/** The figures of a report, drawn from its data. */
@NullMarked
package io.github.djlqat.report.figure;

import org.jspecify.annotations.NullMarked;
