package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The data of a dataset's first batches, each closed when the next one is asked for. */
final class CalibrationInputs implements Iterable<NDList>, AutoCloseable {

    /** What errors say of a set without data. */
    static final String NONE =
            "The calibration set is empty; at least one batch is needed to choose the ranges of activations.";

    private final NDManager scope;
    private final Iterator<Batch> batches;
    private final int limit;
    private @Nullable Batch open;
    private int used;

    CalibrationInputs(NDManager manager, Dataset data, int limit)
            throws IOException, TranslateException {
        if (limit < 1) {
            throw new IllegalArgumentException(
                    "The number of calibration batches is " + limit + "; it must be at least 1.");
        }
        this.limit = limit;
        scope = manager.newSubManager();
        try {
            batches = data.getData(scope).iterator();
        } catch (IOException | TranslateException | RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /** Goes on where the last one ended: a dataset is read once. */
    @Override
    public Iterator<NDList> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return used < limit && batches.hasNext();
            }

            @Override
            public NDList next() {
                if (used >= limit) {
                    throw new NoSuchElementException();
                }
                closeBatch();
                Batch next = batches.next();
                open = next;
                used++;
                return next.getData();
            }
        };
    }

    private void closeBatch() {
        Batch known = open;
        if (known != null) {
            open = null;
            known.close();
        }
    }

    @Override
    public void close() {
        closeBatch();
        scope.close();
    }
}
