/** What tests of several modules share. */
@NullMarked
package io.github.djlqat.testing;

import org.jspecify.annotations.NullMarked;
