/**
 * What the front ends do, from inspecting a model to exporting it quantized: each task takes an
 * immutable request, shows its progress, and gives an immutable result that is written as JSON.
 */
@NullMarked
package io.github.djlqat.workflow;

import org.jspecify.annotations.NullMarked;
