/** How much each layer suffers from few bits, and the fewest bits that a budget buys best. */
@NullMarked
package io.github.djlqat.sensitivity;

import org.jspecify.annotations.NullMarked;
