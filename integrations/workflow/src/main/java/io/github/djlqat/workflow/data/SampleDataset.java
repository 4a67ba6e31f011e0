package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Batchifier;
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Samples as a DJL dataset. Shuffled, each pass has an order of its own, which only the seed and
 * the number of the pass decide.
 */
public final class SampleDataset implements Dataset {

    private final Samples samples;
    private final int batchSize;
    private final int limit;
    private final @Nullable Long seed;
    private final AtomicInteger passes = new AtomicInteger();

    SampleDataset(Samples samples, int batchSize, int limit, @Nullable Long seed) {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "A batch has at least one sample, not " + batchSize + ".");
        }
        this.samples = samples;
        this.batchSize = batchSize;
        this.limit = limit;
        this.seed = seed;
    }

    /**
     * Returns a dataset of the same samples that is shuffled for each pass.
     *
     * @param newSeed what decides the order
     * @return the dataset
     */
    public SampleDataset shuffled(long newSeed) {
        return new SampleDataset(samples, batchSize, limit, newSeed);
    }

    /**
     * Returns a dataset of the first samples of each pass.
     *
     * @param count the number of samples at most, at least 1
     * @return the dataset
     */
    public SampleDataset first(int count) {
        return new SampleDataset(samples, batchSize, Math.min(limit, count), seed);
    }

    /**
     * Returns the number of batches of a pass.
     *
     * @return the number of batches, the last of which may be smaller
     */
    public int batches() {
        return (limit - 1) / batchSize + 1;
    }

    /**
     * Returns the number of samples of a pass.
     *
     * @return the number of samples
     */
    public int size() {
        return limit;
    }

    @Override
    public Iterable<Batch> getData(NDManager manager) {
        int[] order = order();
        return () -> new Batches(manager, order);
    }

    @Override
    public Iterable<Batch> getData(NDManager manager, @Nullable ExecutorService executor) {
        return getData(manager);
    }

    @Override
    public void prepare(@Nullable Progress progress) {
        // The samples are there.
    }

    private int[] order() {
        int[] order = new int[samples.size()];
        Arrays.setAll(order, i -> i);
        if (seed != null) {
            Random random = new Random(seed + 0x9E3779B97F4A7C15L * passes.getAndIncrement());
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }
        return Arrays.copyOf(order, limit);
    }

    private final class Batches implements Iterator<Batch> {

        private final NDManager manager;
        private final int[] order;
        private int position;

        Batches(NDManager manager, int[] order) {
            this.manager = manager;
            this.order = order;
        }

        @Override
        public boolean hasNext() {
            return position < order.length;
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int end = position + Math.min(order.length - position, batchSize);
            int[] indices = Arrays.copyOfRange(order, position, end);
            NDManager scope = manager.newSubManager();
            try {
                NDList data = new NDList();
                for (Column input : samples.inputs()) {
                    data.add(input.batch(scope, indices));
                }
                NDList labels = new NDList();
                if (samples.labels() != null) {
                    NDArray label = samples.labels().batch(scope, indices);
                    labels.add(label);
                }
                position = end;
                return new Batch(
                        scope,
                        data,
                        labels,
                        indices.length,
                        Batchifier.STACK,
                        Batchifier.STACK,
                        position,
                        order.length);
            } catch (IOException e) {
                scope.close();
                throw new UncheckedIOException(e);
            } catch (RuntimeException e) {
                scope.close();
                throw e;
            }
        }
    }
}
