/** Checkpoints that a training run resumes from as if it had not stopped. */
@NullMarked
package io.github.djlqat.mixedprecision.checkpoint;

import org.jspecify.annotations.NullMarked;
