package io.github.djlqat.workflow;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.workflow.data.SampleDataset;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The inputs of a dataset's batches, each closed when the next one is asked for. */
final class CalibrationBatches implements Iterable<NDList>, AutoCloseable {

    private final NDManager manager;
    private final SampleDataset data;
    private final Progress.Step step;

    CalibrationBatches(String task, NDManager parent, SampleDataset data, Progress progress) {
        manager = parent.newSubManager();
        this.data = data;
        step = progress.start(task, data.batches());
    }

    @Override
    public Iterator<NDList> iterator() {
        Iterator<Batch> batches = data.getData(manager).iterator();
        return new Iterator<>() {
            private @Nullable Batch open;
            private long done;

            @Override
            public boolean hasNext() {
                if (open != null) {
                    open.close();
                    open = null;
                    step.update(++done, "");
                }
                return batches.hasNext();
            }

            @Override
            public NDList next() {
                Interruption.check();
                Batch batch = batches.next();
                open = batch;
                return batch.getData();
            }
        };
    }

    @Override
    public void close() {
        step.close();
        manager.close();
    }
}
