/**
 * The zip archives that TorchScript modules are saved in, as immutable values.
 *
 * <p>An archive that is read and written again is the same byte for byte where PyTorch's writer
 * made it; of another writer's archives the entries are kept byte for byte.
 */
@NullMarked
package io.github.djlqat.torchscript.archive;

import org.jspecify.annotations.NullMarked;
