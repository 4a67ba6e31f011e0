package io.github.djlqat.mixedprecision.checkpoint;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Training data that knows how far it has been trained on, and can go on from there.
 *
 * <p>It seeds the engine's generator, which the whole process shares, before each epoch and each
 * batch, by a function of its own seed and the position. So the order of the data and what is
 * random in a step, such as dropout, are the same whether or not the run was interrupted. Where
 * batches are made by an executor in advance, that holds for random transformations of the data no
 * longer.
 *
 * <p>Each iteration is an epoch; one at a time. A batch counts as trained on when the next one is
 * asked for, which {@link ai.djl.training.EasyTrain#fit} does after the step.
 */
public final class ResumableDataset implements Dataset, Stateful {

    private static final byte VERSION = 1;

    private final Dataset dataset;
    private final SeedSequence seeds;
    private final List<Consumer<TrainingPosition>> listeners = new CopyOnWriteArrayList<>();
    private TrainingPosition position = TrainingPosition.START;

    /**
     * Creates resumable data.
     *
     * @param dataset the data; what is random in its order is drawn from DJL's or the engine's
     *     generator
     * @param seed the seed of the run
     */
    public ResumableDataset(Dataset dataset, long seed) {
        this.dataset = dataset;
        this.seeds = new SeedSequence(seed);
    }

    /**
     * Returns how far the data has been trained on.
     *
     * @return the position
     */
    public TrainingPosition getPosition() {
        return position;
    }

    /**
     * Adds a listener that is called after each batch that was trained on.
     *
     * @param listener what takes the new position; after the last batch of an epoch it is the start
     *     of the next one
     */
    public void addBatchListener(Consumer<TrainingPosition> listener) {
        listeners.add(listener);
    }

    @Override
    public Iterable<Batch> getData(NDManager manager) throws IOException, TranslateException {
        return getData(manager, null);
    }

    @Override
    public Iterable<Batch> getData(NDManager manager, @Nullable ExecutorService executorService)
            throws IOException, TranslateException {
        Engine engine = manager.getEngine();
        engine.setRandomSeed(seeds.ofEpoch(position.epoch()));
        Iterator<Batch> batches = dataset.getData(manager, executorService).iterator();
        for (long i = 0; i < position.batch(); i++) {
            if (!batches.hasNext()) {
                throw new IOException(
                        "The epoch to be resumed has "
                                + i
                                + " batches, of which "
                                + position.batch()
                                + " were trained on: this is not the data of the run.");
            }
            batches.next().close();
        }
        return () -> new Epoch(engine, batches);
    }

    @Override
    public void prepare(@Nullable Progress progress) throws IOException, TranslateException {
        dataset.prepare(progress);
    }

    @Override
    public void saveState(DataOutputStream out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(seeds.seed());
        out.writeInt(position.epoch());
        out.writeLong(position.batch());
        out.writeLong(position.totalBatches());
    }

    @Override
    public Runnable readState(DataInputStream in) throws IOException, MalformedModelException {
        try {
            if (in.readByte() != VERSION) {
                throw new MalformedModelException("The position's version cannot be read.");
            }
            long seed = in.readLong();
            if (seed != seeds.seed()) {
                throw new MalformedModelException(
                        "The run was seeded with "
                                + seed
                                + ", this one with "
                                + seeds.seed()
                                + ".");
            }
            TrainingPosition saved =
                    new TrainingPosition(in.readInt(), in.readLong(), in.readLong());
            return () -> position = saved;
        } catch (EOFException | IllegalArgumentException e) {
            throw new MalformedModelException("The position is none.", e);
        }
    }

    private void moveTo(TrainingPosition next) {
        position = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    private final class Epoch implements Iterator<Batch> {

        private final Engine engine;
        private final Iterator<Batch> batches;
        private boolean training;

        Epoch(Engine engine, Iterator<Batch> batches) {
            this.engine = engine;
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            boolean more = batches.hasNext();
            if (training) {
                training = false;
                TrainingPosition next = position.nextBatch();
                moveTo(more ? next : next.nextEpoch());
            }
            return more;
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            engine.setRandomSeed(seeds.ofBatch(position));
            Batch batch = batches.next();
            training = true;
            return batch;
        }
    }
}
