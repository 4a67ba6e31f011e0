/** Benchmarks that compare variants by ratios measured in one run. */
@NullMarked
package io.github.djlqat.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
