package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDManager;
import io.github.djlqat.kernel.Kernels;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Kernels that are given, or else loaded at their first use and closed with their manager. */
final class KernelsOnDemand implements Supplier<Kernels> {

    private final Supplier<NDManager> owner;
    private volatile @Nullable Kernels kernels;

    KernelsOnDemand(@Nullable Kernels given, Supplier<NDManager> owner) {
        this.kernels = given;
        this.owner = owner;
    }

    @Override
    public Kernels get() {
        Kernels known = kernels;
        if (known == null) {
            synchronized (this) {
                known = kernels;
                if (known == null) {
                    NDManager manager = owner.get();
                    known = Kernels.forManager(manager);
                    manager.attachInternal(NDManager.nextUid(), known);
                    kernels = known;
                }
            }
        }
        return known;
    }
}
