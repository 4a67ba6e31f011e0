package io.github.djlqat.mixedprecision.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of checkpoints of one training run.
 *
 * <p>Each checkpoint is a directory that appears whole or not at all: it is written beside, forced
 * to the device and renamed, so that neither a killed process nor a full disk harms those that are
 * there. It holds the model's parameters, the named states, a manifest, and the SHA-256 sums of all
 * files.
 *
 * <p>All checkpoints are kept unless a number of last or best ones is set. One store at a time may
 * save into a folder.
 */
public final class CheckpointStore {

    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8,18})");
    private static final String LOCK = ".lock";

    private final Path folder;
    private final int keepLast;
    private final int keepBest;
    private final MetricGoal goal;

    private CheckpointStore(Builder builder) {
        folder = builder.folder.toAbsolutePath();
        keepLast = builder.keepLast;
        keepBest = builder.keepBest;
        goal = builder.goal;
    }

    /**
     * Creates a builder.
     *
     * @param folder the folder, which is made if it is not there
     * @return a builder
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /**
     * Saves a checkpoint that is not judged.
     *
     * @param state what is saved
     * @return the checkpoint
     * @throws IOException if it cannot be saved; those before it are as they were
     */
    public Checkpoint save(TrainingState state) throws IOException {
        return save(state, null);
    }

    /**
     * Saves a checkpoint.
     *
     * @param state what is saved
     * @param metric what it is judged by; not NaN
     * @return the checkpoint
     * @throws IOException if it cannot be saved; those before it are as they were
     */
    public Checkpoint save(TrainingState state, double metric) throws IOException {
        return save(state, Double.isNaN(metric) ? null : Double.valueOf(metric));
    }

    private Checkpoint save(TrainingState state, @Nullable Double metric) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel =
                        FileChannel.open(
                                folder.resolve(LOCK),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            AtomicDirectory.deleteIncomplete(folder);
            long number = latest().map(Checkpoint::number).orElse(0L) + 1;
            Path path = folder.resolve(String.format("checkpoint-%08d", number));
            try {
                AtomicDirectory.create(path, directory -> state.save(directory, metric));
            } catch (IOException e) {
                throw new CheckpointException(
                        "The checkpoint " + path + " cannot be saved: " + e.getMessage(), e);
            }
            prune();
            return new Checkpoint(number, path);
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new CheckpointException("Another store is saving into " + folder + ".");
        }
        return lock;
    }

    /** Removes what need not be kept. What cannot be removed now is tried again next time. */
    private void prune() throws IOException {
        if (keepLast == 0 && keepBest == 0) {
            return;
        }
        List<Checkpoint> readable = new ArrayList<>(list().stream().filter(this::isOurs).toList());
        Set<Checkpoint> kept = new HashSet<>();
        int last = Math.max(1, keepLast);
        kept.addAll(readable.subList(Math.max(0, readable.size() - last), readable.size()));
        kept.addAll(ranked().stream().limit(keepBest).toList());
        readable.removeAll(kept);
        for (Checkpoint checkpoint : readable) {
            try {
                AtomicDirectory.delete(checkpoint.path());
            } catch (IOException ignored) {
                // The new checkpoint is safe, which matters more than the space of an old one.
            }
        }
    }

    private boolean isOurs(Checkpoint checkpoint) {
        try {
            checkpoint.manifest();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private List<Checkpoint> ranked() throws IOException {
        record Ranked(Checkpoint checkpoint, double metric) {}
        List<Ranked> ranked = new ArrayList<>();
        for (Checkpoint checkpoint : list()) {
            if (isOurs(checkpoint)) {
                OptionalDouble metric = checkpoint.metric();
                metric.ifPresent(value -> ranked.add(new Ranked(checkpoint, value)));
            }
        }
        // Of equals, the first one was there first.
        ranked.sort(Comparator.comparing(Ranked::metric, goal.bestFirst()));
        return ranked.stream().map(Ranked::checkpoint).toList();
    }

    /**
     * Returns all checkpoints, the oldest one first. They are not checked.
     *
     * @return the checkpoints
     * @throws IOException if the folder cannot be read
     */
    public List<Checkpoint> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Checkpoint> checkpoints = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (name.matches() && Files.isDirectory(path)) {
                    checkpoints.add(new Checkpoint(Long.parseLong(name.group(1)), path));
                }
            }
        }
        checkpoints.sort(Comparator.comparingLong(Checkpoint::number));
        return List.copyOf(checkpoints);
    }

    /**
     * Returns the newest checkpoint, which may be torn.
     *
     * @return the checkpoint, if there is one
     * @throws IOException if the folder cannot be read
     */
    public Optional<Checkpoint> latest() throws IOException {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /**
     * Returns the newest checkpoint whose files are all what was written.
     *
     * @return the checkpoint, if there is one
     * @throws IOException if the folder cannot be read
     */
    public Optional<Checkpoint> latestWhole() throws IOException {
        List<Checkpoint> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                all.get(i).verify();
                return Optional.of(all.get(i));
            } catch (IOException e) {
                // Try the one before.
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the checkpoint with the best metric.
     *
     * @return the checkpoint, if one has a metric
     * @throws IOException if the folder cannot be read
     */
    public Optional<Checkpoint> best() throws IOException {
        return ranked().stream().findFirst();
    }

    /**
     * Takes a run's state from the newest checkpoint. Call it after the model has its block and
     * before the trainer is made, which takes the parameters' arrays.
     *
     * @param state what is loaded
     * @return the checkpoint; empty if there is none, and the run starts anew
     * @throws CheckpointException if the newest checkpoint is torn or of another run; nothing is
     *     changed then, and the message names the newest one that is whole
     * @throws IOException if a file cannot be read
     */
    public Optional<Checkpoint> resume(TrainingState state) throws IOException {
        Optional<Checkpoint> latest = latest();
        if (latest.isPresent()) {
            try {
                latest.get().verify();
            } catch (CheckpointException e) {
                String advice =
                        latestWhole()
                                .map(whole -> " The newest whole one is " + whole.path() + ".")
                                .orElse(" There is no whole one.");
                throw new CheckpointException(e.getMessage() + advice, e);
            }
            load(latest.get(), state);
        }
        return latest;
    }

    /**
     * Takes a run's state from a checkpoint, before the trainer is made.
     *
     * @param checkpoint the checkpoint
     * @param state what is loaded
     * @throws CheckpointException if the checkpoint is torn or of another run; nothing is changed
     *     then
     * @throws IOException if a file cannot be read
     */
    public void load(Checkpoint checkpoint, TrainingState state) throws IOException {
        state.load(checkpoint);
    }

    /** The builder of {@link CheckpointStore}. */
    public static final class Builder {

        private final Path folder;
        private int keepLast;
        private int keepBest;
        private MetricGoal goal = MetricGoal.MINIMIZE;

        Builder(Path folder) {
            this.folder = folder;
        }

        /**
         * Sets how many of the newest checkpoints are kept.
         *
         * @param count a number of at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder optKeepLast(int count) {
            this.keepLast = requirePositive(count);
            return this;
        }

        /**
         * Sets how many of the best checkpoints are kept, beside the newest one.
         *
         * @param count a number of at least 1
         * @param metricGoal which metrics are better
         * @return this builder
         * @throws IllegalArgumentException if the number is less
         */
        public Builder optKeepBest(int count, MetricGoal metricGoal) {
            this.keepBest = requirePositive(count);
            this.goal = metricGoal;
            return this;
        }

        private static int requirePositive(int count) {
            if (count < 1) {
                throw new IllegalArgumentException(
                        "The number of checkpoints to keep is " + count + "; it must be positive.");
            }
            return count;
        }

        /**
         * Builds the store.
         *
         * @return the store
         */
        public CheckpointStore build() {
            return new CheckpointStore(this);
        }
    }
}
