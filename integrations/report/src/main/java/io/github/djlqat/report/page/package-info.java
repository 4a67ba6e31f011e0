/** The parts of the HTML page of a report. */
@NullMarked
package io.github.djlqat.report.page;

import org.jspecify.annotations.NullMarked;
