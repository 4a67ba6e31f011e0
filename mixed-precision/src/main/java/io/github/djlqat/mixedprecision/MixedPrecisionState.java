package io.github.djlqat.mixedprecision;

import ai.djl.MalformedModelException;
import io.github.djlqat.mixedprecision.checkpoint.Stateful;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What mixed-precision training goes on from, beside the model and the optimizer: the loss scale,
 * the histories of FP8 tensors, the number of steps, and the gradients of a step that has not all
 * its batches yet.
 *
 * <p>It is made first, added to a {@link io.github.djlqat.mixedprecision.checkpoint.TrainingState},
 * loaded from a checkpoint if there is one, and then given to a trainer, whose state it is until
 * that is closed.
 */
public final class MixedPrecisionState implements Stateful {

    private @Nullable MixedPrecisionTrainer trainer;
    private @Nullable TrainerState loaded;

    /** Creates the state of a run that begins. */
    public MixedPrecisionState() {}

    /** Becomes the state of a trainer, which goes on from what was loaded. */
    void attach(MixedPrecisionTrainer owner) {
        if (trainer != null) {
            throw new IllegalStateException("The state belongs to another trainer already.");
        }
        trainer = owner;
        if (loaded != null) {
            owner.restore(loaded);
        }
    }

    /** Keeps the last state of a trainer that is closed; another one may go on from it. */
    void release(TrainerState last) {
        trainer = null;
        loaded = last;
    }

    /**
     * Writes the state.
     *
     * @throws IllegalStateException if there is no trainer yet and nothing was loaded
     */
    @Override
    public void saveState(DataOutputStream out) throws IOException {
        TrainerState state = trainer == null ? loaded : trainer.state();
        if (state == null) {
            throw new IllegalStateException(
                    "There is no state of mixed precision to save: give it to a trainer first.");
        }
        state.write(out);
    }

    @Override
    public Runnable readState(DataInputStream in) throws IOException, MalformedModelException {
        TrainerState state;
        try {
            state = TrainerState.read(in);
        } catch (EOFException e) {
            throw new MalformedModelException("The state of mixed precision ends early.", e);
        } catch (IllegalArgumentException e) {
            throw new MalformedModelException(
                    "The state of mixed precision is none: " + e.getMessage(), e);
        }
        if (trainer != null) {
            throw new IllegalStateException(
                    "The state of mixed precision belongs to a trainer, which has taken the parameters' arrays:"
                            + " load checkpoints before the trainer is made.");
        }
        return () -> loaded = state;
    }
}
