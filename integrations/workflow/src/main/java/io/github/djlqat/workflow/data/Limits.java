package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The first samples of many. */
final class Limits {

    private Limits() {}

    static Samples apply(Samples samples, int limit) {
        if (limit == 0 || limit >= samples.size()) {
            return samples;
        }
        @Nullable Column labels = samples.labels();
        return new Samples(
                samples.source(),
                samples.inputs().stream().<Column>map(input -> new First(input, limit)).toList(),
                labels == null ? null : new First(labels, limit),
                samples.classes());
    }

    private record First(Column all, int size) implements Column {

        @Override
        public String name() {
            return all.name();
        }

        @Override
        public Shape sampleShape() {
            return all.sampleShape();
        }

        @Override
        public boolean isInteger() {
            return all.isInteger();
        }

        @Override
        public NDArray batch(NDManager manager, int[] indices) throws IOException {
            return all.batch(manager, indices);
        }
    }
}
