/** What a report holds, as immutable values that JSON carries. */
@NullMarked
package io.github.djlqat.report.data;

import org.jspecify.annotations.NullMarked;
