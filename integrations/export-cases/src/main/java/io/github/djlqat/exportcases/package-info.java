/** Models and operations that exporters are tested with, each beside DJL's own result. */
@NullMarked
package io.github.djlqat.exportcases;

import org.jspecify.annotations.NullMarked;
