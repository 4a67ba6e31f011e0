/** What the samples add to DJL's training: tasks, seeds, evaluation, distillation. */
@NullMarked
package io.github.djlqat.samples.common.training;

import org.jspecify.annotations.NullMarked;
