/** Observers: mergeable values that see tensors and choose their quantization parameters. */
@NullMarked
package io.github.djlqat.observer;

import org.jspecify.annotations.NullMarked;
