package io.github.djlqat.mixedprecision.checkpoint;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.github.djlqat.mixedprecision.checkpoint.Manifest.SavedParameter;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * All that a training run goes on from: the model's parameters, whatever else its block saves with
 * them, such as the observers of a model prepared for quantization, and the states that are added
 * by name.
 */
public final class TrainingState {

    private static final String DATA = "data";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

    private final Model model;
    private final Map<String, Stateful> states;
    private final @Nullable ResumableDataset data;

    private TrainingState(Builder builder) {
        model = builder.model;
        data = builder.data;
        states = new LinkedHashMap<>(builder.states);
    }

    /**
     * Creates a builder.
     *
     * @param model the model, which has its block
     * @return a builder
     */
    public static Builder builder(Model model) {
        return new Builder(model);
    }

    /** Writes everything into an empty directory. */
    void save(Path directory, @Nullable Double metric) throws IOException {
        Checksums sums = Checksums.empty(directory);
        Block block = model.getBlock();
        sums.write(Checkpoint.PARAMETERS, block::saveParameters);
        for (Map.Entry<String, Stateful> entry : states.entrySet()) {
            sums.write(Checkpoint.stateFile(entry.getKey()), entry.getValue()::saveState);
        }
        Manifest manifest =
                new Manifest(
                        Manifest.FORMAT,
                        Manifest.VERSION,
                        data == null ? null : data.getPosition(),
                        metric,
                        savedParameters(),
                        List.copyOf(states.keySet()));
        sums.write(Checkpoint.MANIFEST, out -> out.write(manifest.toJson()));
        sums.write();
    }

    private List<SavedParameter> savedParameters() {
        List<SavedParameter> saved = new ArrayList<>();
        for (Pair<String, Parameter> pair : model.getBlock().getParameters()) {
            if (pair.getValue().isInitialized()) {
                saved.add(saved(pair.getKey(), pair.getValue().getArray()));
            }
        }
        return saved;
    }

    private static SavedParameter saved(String name, NDArray array) {
        List<Long> shape = LongStream.of(array.getShape().getShape()).boxed().toList();
        return new SavedParameter(name, shape, array.getDataType().name());
    }

    /** Takes everything from a checkpoint, or throws and leaves everything as it is. */
    void load(Checkpoint checkpoint) throws IOException {
        checkpoint.verify();
        Manifest manifest = checkpoint.manifest();
        try {
            requireSameStates(manifest);
            requireSameParameters(manifest);
            List<Runnable> effects = new ArrayList<>();
            for (Map.Entry<String, Stateful> entry : states.entrySet()) {
                Path file = checkpoint.path().resolve(Checkpoint.stateFile(entry.getKey()));
                effects.add(read(file, entry.getKey(), entry.getValue()));
            }
            loadParameters(checkpoint.parametersFile());
            effects.forEach(Runnable::run);
        } catch (CheckpointException
                | MalformedModelException
                | BufferUnderflowException
                | IllegalArgumentException e) {
            throw checkpoint.refused(e);
        }
    }

    private void requireSameStates(Manifest manifest) throws CheckpointException {
        if (!List.copyOf(states.keySet()).equals(manifest.states())) {
            throw new CheckpointException(
                    "it holds the states "
                            + manifest.states()
                            + ", the run has "
                            + states.keySet());
        }
    }

    private void requireSameParameters(Manifest manifest) throws CheckpointException {
        Map<String, SavedParameter> saved = new LinkedHashMap<>();
        manifest.parameters().forEach(parameter -> saved.put(parameter.name(), parameter));
        for (Pair<String, Parameter> pair : model.getBlock().getParameters()) {
            String name = pair.getKey();
            SavedParameter expected = saved.remove(name);
            if (expected == null) {
                throw new CheckpointException("it lacks the model's parameter " + name);
            }
            if (pair.getValue().isInitialized()) {
                SavedParameter actual = saved(name, pair.getValue().getArray());
                if (!actual.equals(expected)) {
                    throw new CheckpointException(
                            "its parameter "
                                    + name
                                    + " has shape "
                                    + expected.shape()
                                    + " and type "
                                    + expected.dataType()
                                    + ", the model's has "
                                    + actual.shape()
                                    + " and "
                                    + actual.dataType());
                }
            }
        }
        if (!saved.isEmpty()) {
            throw new CheckpointException(
                    "the model lacks its parameters " + String.join(", ", saved.keySet()));
        }
    }

    private static Runnable read(Path file, String name, Stateful state)
            throws IOException, MalformedModelException {
        try (DataInputStream in = open(file)) {
            Runnable effect = state.readState(in);
            if (in.read() >= 0) {
                throw new MalformedModelException("the state " + name + " has more than was read");
            }
            return effect;
        } catch (EOFException e) {
            throw new MalformedModelException("the state " + name + " ends early", e);
        }
    }

    private void loadParameters(Path file) throws IOException, MalformedModelException {
        List<NDArray> old = new ArrayList<>();
        for (Pair<String, Parameter> pair : model.getBlock().getParameters()) {
            if (pair.getValue().isInitialized()) {
                old.add(pair.getValue().getArray());
            }
        }
        try (DataInputStream in = open(file)) {
            model.getBlock().loadParameters(model.getNDManager(), in);
        } catch (EOFException e) {
            throw new MalformedModelException("the parameters end early", e);
        }
        for (Pair<String, Parameter> pair : model.getBlock().getParameters()) {
            NDArray loaded = pair.getValue().getArray();
            old.removeIf(array -> array == loaded);
        }
        old.forEach(NDArray::close);
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    /** The builder of {@link TrainingState}. */
    public static final class Builder {

        private final Model model;
        private final Map<String, Stateful> states = new LinkedHashMap<>();
        private @Nullable ResumableDataset data;

        Builder(Model model) {
            this.model = model;
        }

        /**
         * Sets the training data, whose position and random state belong to the run.
         *
         * @param dataset the data
         * @return this builder
         */
        public Builder optData(ResumableDataset dataset) {
            this.data = dataset;
            return put(DATA, dataset);
        }

        /**
         * Adds a state, such as an optimizer's or a loss scaler's.
         *
         * @param name a name of its own: up to 64 small letters, digits, dashes and underscores
         * @param state the state
         * @return this builder
         * @throws IllegalArgumentException if there is a state of that name, or it is no name
         */
        public Builder add(String name, Stateful state) {
            if (!NAME.matcher(name).matches() || name.equals(DATA)) {
                throw new IllegalArgumentException(
                        "A state cannot be named '"
                                + name
                                + "'; names have up to 64 small letters, digits, dashes and"
                                + " underscores, and '"
                                + DATA
                                + "' is taken.");
            }
            return put(name, state);
        }

        private Builder put(String name, Stateful state) {
            if (states.putIfAbsent(name, state) != null) {
                throw new IllegalArgumentException(
                        "There is a state named '" + name + "' already.");
            }
            return this;
        }

        /**
         * Builds the state.
         *
         * @return the state; it stays connected to the model and all that was added
         */
        public TrainingState build() {
            Objects.requireNonNull(model.getBlock(), "the model's block");
            return new TrainingState(this);
        }
    }
}
