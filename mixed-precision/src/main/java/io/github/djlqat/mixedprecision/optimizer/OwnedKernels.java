package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDManager;
import io.github.djlqat.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** Kernels that are loaded at first use and freed with the manager of the arrays they work on. */
final class OwnedKernels implements AutoCloseable {

    private final String id = NDManager.nextUid();
    private @Nullable Kernels kernels;
    private @Nullable NDManager owner;

    synchronized Kernels on(NDManager manager) {
        Kernels known = kernels;
        if (known == null || owner == null || !owner.isOpen()) {
            known = Kernels.forManager(manager);
            manager.attachInternal(id, known);
            kernels = known;
            owner = manager;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (owner != null && owner.isOpen()) {
            owner.detachInternal(id);
            if (kernels != null) {
                kernels.close();
            }
        }
        kernels = null;
        owner = null;
    }
}
