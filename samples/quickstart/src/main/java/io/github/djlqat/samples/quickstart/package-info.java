/** The whole way on an embedded dataset: train, quantize, recover by training, export, verify. */
@NullMarked
package io.github.djlqat.samples.quickstart;

import org.jspecify.annotations.NullMarked;
