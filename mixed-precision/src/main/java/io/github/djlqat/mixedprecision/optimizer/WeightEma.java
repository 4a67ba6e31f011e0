package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlqat.mixedprecision.checkpoint.Stateful;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exponential moving average of a block's trained parameters, which often generalizes better
 * than the last ones.
 *
 * <p>\( \bar w_0 = w_0 \) and \( \bar w_t = d \bar w_{t-1} + (1 - d) w_t \) with the decay \( d \),
 * as {@code torch.optim.swa_utils.get_ema_multi_avg_fn}. Parameters without a gradient, such as
 * running statistics, are not averaged. The average follows the arrays that the block's parameters
 * hold, which are the trainer's where the model is on the trainer's first device.
 *
 * <p>Call {@link #update} after each step, and {@link #apply} to evaluate or save the averages.
 */
public final class WeightEma implements Stateful, AutoCloseable {

    private static final byte VERSION = 1;

    private record Saved(Parameter parameter, SavedArrays arrays) {}

    private final Block block;
    private final double decay;
    private final OwnedKernels kernels = new OwnedKernels();
    private final Map<String, NDArray> averages = new LinkedHashMap<>();
    private boolean applied;

    private WeightEma(Builder builder) {
        block = builder.block;
        decay = Settings.requireFraction("decay", builder.decay);
    }

    /**
     * Creates a builder. The decay is 0.999 unless it is set.
     *
     * @param block the block that is trained
     * @return a builder
     */
    public static Builder builder(Block block) {
        return new Builder(block);
    }

    /**
     * Takes the present weights into the average. The first ones are the average's start.
     *
     * @throws IllegalStateException if the averages are applied
     */
    public void update() {
        requireNotApplied("updated");
        UpdateKernel step = UpdateKernels.average(1 - decay);
        NamedParameters.of(block)
                .forEach(
                        (name, parameter) -> {
                            if (parameter.requiresGradient()) {
                                update(step, name, parameter.getArray());
                            }
                        });
    }

    private void update(UpdateKernel step, String name, NDArray weight) {
        NDArray average = averages.get(name);
        if (average == null) {
            averages.put(name, StatefulOptimizer.kept(weight.duplicate()));
            return;
        }
        NDManager manager = weight.getManager();
        kernels.on(manager).run(manager, step, new NDList(average, weight)).close();
    }

    /**
     * Puts the averages into the block in place of the weights, until the result is closed.
     *
     * @return what puts the weights back
     * @throws IllegalStateException if the averages are applied already, or there are none yet
     */
    public Applied apply() {
        requireNotApplied("applied again");
        if (averages.isEmpty()) {
            throw new IllegalStateException("There is no average yet: update it after a step.");
        }
        exchange();
        applied = true;
        return new Applied(this);
    }

    private void exchange() {
        Map<String, Parameter> parameters = NamedParameters.of(block);
        averages.forEach(
                (name, average) -> {
                    Parameter parameter = parameters.get(name);
                    if (parameter == null) {
                        throw new IllegalStateException(
                                "The block has lost its parameter " + name + ".");
                    }
                    NDArray weight = parameter.getArray();
                    try (NDArray copy = weight.duplicate()) {
                        average.copyTo(weight);
                        copy.copyTo(average);
                    }
                });
    }

    private void requireNotApplied(String what) {
        if (applied) {
            throw new IllegalStateException(
                    "The averages are applied to the block and cannot be "
                            + what
                            + ": close what apply() returned first.");
        }
    }

    @Override
    public void saveState(DataOutputStream out) throws IOException {
        requireNotApplied("saved");
        out.writeByte(VERSION);
        out.writeInt(averages.size());
        for (Map.Entry<String, NDArray> entry : averages.entrySet()) {
            out.writeUTF(entry.getKey());
            SavedArrays.of(0, new NDList(entry.getValue())).write(out);
        }
    }

    @Override
    public Runnable readState(DataInputStream in) throws IOException, MalformedModelException {
        requireNotApplied("loaded");
        try {
            Map<String, Saved> saved = read(in);
            return () -> restore(saved);
        } catch (EOFException e) {
            throw new MalformedModelException("The average of the weights ends early.", e);
        }
    }

    private Map<String, Saved> read(DataInputStream in)
            throws IOException, MalformedModelException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new MalformedModelException(
                    "The average of the weights has version "
                            + version
                            + "; version "
                            + VERSION
                            + " can be read.");
        }
        Map<String, Parameter> parameters = NamedParameters.of(block);
        Map<String, Saved> saved = new LinkedHashMap<>();
        int count = in.readInt();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int i = 0; i < count; i++) {
                String name = in.readUTF();
                SavedArrays arrays = SavedArrays.read(in);
                Parameter parameter = parameters.get(name);
                if (parameter == null) {
                    throw new MalformedModelException(
                            "The average of the weights has the parameter "
                                    + name
                                    + ", which the block has not.");
                }
                arrays.check(manager, name, parameter, shape -> List.of(Slot.like(shape)));
                saved.put(name, new Saved(parameter, arrays));
            }
        }
        return saved;
    }

    private void restore(Map<String, Saved> saved) {
        free();
        saved.forEach(
                (name, state) -> {
                    NDArray weight = state.parameter().getArray();
                    NDArray average =
                            state.arrays().decode(weight.getManager(), 0, weight.getDevice());
                    averages.put(name, StatefulOptimizer.kept(average));
                });
    }

    private void free() {
        averages.values().forEach(NDArray::close);
        averages.clear();
    }

    /** Frees the averages. */
    @Override
    public void close() {
        free();
        kernels.close();
    }

    /** The time in which a block holds the averages. */
    public static final class Applied implements AutoCloseable {

        private final WeightEma owner;

        Applied(WeightEma owner) {
            this.owner = owner;
        }

        /** Puts the weights back; the second time it does nothing. */
        @Override
        public void close() {
            if (owner.applied) {
                owner.exchange();
                owner.applied = false;
            }
        }
    }

    /** The builder of {@link WeightEma}. */
    public static final class Builder {

        private final Block block;
        private double decay = 0.999;

        Builder(Block block) {
            this.block = block;
        }

        /**
         * Sets the decay.
         *
         * @param factor the average's part in the next one, at least 0 and less than 1
         * @return this builder
         */
        public Builder optDecay(double factor) {
            this.decay = factor;
            return this;
        }

        /**
         * Builds the average, which is empty.
         *
         * @return the average
         * @throws IllegalArgumentException if the decay is out of range
         */
        public WeightEma build() {
            return new WeightEma(this);
        }
    }
}
