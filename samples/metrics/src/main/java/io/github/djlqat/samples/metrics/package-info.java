/** Training whose meters Prometheus scrapes, or an OpenTelemetry collector is sent. */
@NullMarked
package io.github.djlqat.samples.metrics;

import org.jspecify.annotations.NullMarked;
