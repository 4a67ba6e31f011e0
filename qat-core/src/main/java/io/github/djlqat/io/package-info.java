/** Files that are written whole or not at all. */
@NullMarked
package io.github.djlqat.io;

import org.jspecify.annotations.NullMarked;
