/** Recipes: plain immutable descriptions of which layers are quantized, and how. */
@NullMarked
package io.github.djlqat.recipe;

import org.jspecify.annotations.NullMarked;
