package io.github.djlqat.fakequant;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Sums up how long a model's observers take in training, while somebody asks for it. */
final class ObserverTime {

    private volatile @Nullable LongAdder nanoseconds;

    /** Begins to measure; the sum goes on where it has begun already. */
    void start() {
        if (nanoseconds == null) {
            nanoseconds = new LongAdder();
        }
    }

    /** Returns the sum since {@link #start}, 0 before it. */
    long total() {
        LongAdder sum = nanoseconds;
        return sum == null ? 0 : sum.sum();
    }

    void run(Runnable observation) {
        LongAdder sum = nanoseconds;
        if (sum == null) {
            observation.run();
            return;
        }
        long start = System.nanoTime();
        try {
            observation.run();
        } finally {
            sum.add(System.nanoTime() - start);
        }
    }
}
