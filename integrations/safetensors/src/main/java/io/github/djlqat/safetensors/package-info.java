/**
 * Reads and writes safetensors files, the tensor container of Hugging Face checkpoints, and loads
 * their tensors into the parameters of a DJL block.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">The safetensors format</a>
 */
@NullMarked
package io.github.djlqat.safetensors;

import org.jspecify.annotations.NullMarked;
