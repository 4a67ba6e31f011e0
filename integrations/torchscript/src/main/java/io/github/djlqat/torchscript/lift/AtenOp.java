package io.github.djlqat.torchscript.lift;

import org.jspecify.annotations.Nullable;

/** Computes one of PyTorch's operations by those of DJL. */
@FunctionalInterface
interface AtenOp {

    /**
     * Computes the operation.
     *
     * @param call its arguments
     * @return a {@link Tensor}, a {@link Tuple} or list of them, or a plain value
     */
    @Nullable Object apply(AtenCall call);
}
