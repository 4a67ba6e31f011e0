package io.github.djlqat.mixedprecision.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {

    @TempDir Path folder;

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private SmallRun run() {
        return new SmallRun(folder);
    }

    /** Leaves three checkpoints and returns the last. */
    private Checkpoint threeCheckpoints() throws Exception {
        try (SmallRun run = run()) {
            run.train(1, Long.MAX_VALUE);
            run.store.save(run.state);
            List<Checkpoint> all = run.store.list();
            assertThat(all).hasSize(3);
            return all.get(2);
        }
    }

    private void isRefusedAndThePreviousOneIsNot(String reason) throws Exception {
        try (SmallRun run = run().initialized(3)) {
            byte[] before = run.bytes();
            assertThatThrownBy(() -> run.store.resume(run.state))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(run.store.latest().orElseThrow().path().toString())
                    .hasMessageContaining(reason);
            assertThat(run.bytes()).isEqualTo(before);
            Checkpoint whole = run.store.latestWhole().orElseThrow();
            assertThat(whole.number()).isEqualTo(run.store.latest().orElseThrow().number() - 1);
            run.store.load(whole, run.state);
            assertThat(run.data.getPosition().epoch()).isEqualTo(3);
            assertThat(run.bytes()).isNotEqualTo(before);
        }
    }

    @Test
    void aFileThatIsTornDamagedOrGoneIsNoticed() throws Exception {
        Random random = new Random(5);
        Checkpoint last = threeCheckpoints();
        for (Path file : files(last.path())) {
            byte[] bytes = Files.readAllBytes(file);
            List<byte[]> damages = new ArrayList<>();
            damages.add(new byte[0]);
            damages.add(Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(bytes.length - 1)));
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            damages.add(flipped);
            for (byte[] damaged : damages) {
                Files.write(file, damaged);
                assertThatThrownBy(last::verify)
                        .as("%s", file)
                        .isInstanceOf(CheckpointException.class);
            }
            Files.delete(file);
            assertThatThrownBy(last::verify).isInstanceOf(CheckpointException.class);
            Files.write(file, bytes);
            last.verify();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifest.json", "parameters.params", "optimizer.state", "data.state"})
    void aTornCheckpointChangesNothingAndThePreviousOneLoads(String name) throws Exception {
        Path file = threeCheckpoints().path().resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        isRefusedAndThePreviousOneIsNot(
                name + " is not what was written. The newest whole one is ");
    }

    @Test
    void aDirectoryOfSomethingElseIsRefusedAndLeftAlone() throws Exception {
        threeCheckpoints();
        Path foreign = Files.createDirectory(folder.resolve("checkpoint-00000005"));
        Files.writeString(foreign.resolve("model.bin"), "something");
        isRefusedAndThePreviousOneIsNot("it has no SHA256SUMS");
        try (SmallRun run = run()) {
            run.store.load(run.store.latestWhole().orElseThrow(), run.state);
            assertThat(run.store.save(run.state).number()).isEqualTo(6);
        }
        assertThat(foreign.resolve("model.bin")).hasContent("something");
    }

    @Test
    void aCheckpointOfAnotherRunIsRefused() throws Exception {
        threeCheckpoints();
        CheckpointStore store = CheckpointStore.builder(folder).build();
        try (SmallRun wider = new SmallRun(store, 5).initialized(1)) {
            byte[] before = wider.bytes();
            assertThatThrownBy(() -> store.resume(wider.state))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("its parameter 01Conv2d_weight has shape [3, 1, 3, 3]")
                    .hasMessageContaining("the model's has [5, 1, 3, 3]");
            assertThat(wider.bytes()).isEqualTo(before);
        }
        try (SmallRun run = run().initialized(1)) {
            byte[] before = run.bytes();
            TrainingState fewer = TrainingState.builder(run.model()).optData(run.data).build();
            assertThatThrownBy(() -> store.resume(fewer))
                    .hasMessageContaining(
                            "it holds the states [data, optimizer, average], the run has [data]");
            ResumableDataset otherSeed = new ResumableDataset(run.data, 43);
            TrainingState seeded =
                    TrainingState.builder(run.model())
                            .optData(otherSeed)
                            .add("optimizer", run.optimizer.stateOf(run.block()))
                            .add("average", run.average)
                            .build();
            assertThatThrownBy(() -> store.resume(seeded))
                    .hasMessageContaining("The run was seeded with 42, this one with 43");
            assertThat(run.bytes()).isEqualTo(before);
        }
    }

    @Test
    void aSaveThatFailsLeavesWhatWasThere() throws Exception {
        Checkpoint last = threeCheckpoints();
        try (SmallRun run = run()) {
            run.store.resume(run.state);
            TrainingState failing =
                    TrainingState.builder(run.model()).add("full", new FullDisk()).build();
            assertThatThrownBy(() -> run.store.save(failing))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("checkpoint-00000005 cannot be saved")
                    .hasMessageContaining("No space left on device");
            assertThat(run.store.latest()).contains(last);
            last.verify();
        }
        assertThat(files(folder))
                .noneMatch(f -> f.getFileName().toString().startsWith(".incomplete"));
    }

    /** A small disk of its own, which -Dcheckpoint.disk names, fills after each number of bytes. */
    @Test
    @EnabledIfSystemProperty(named = "checkpoint.disk", matches = ".+")
    void aDiskThatFillsLosesNothing() throws Exception {
        Path disk = Path.of(System.getProperty("checkpoint.disk"));
        Path filler = disk.resolve("filler");
        CheckpointStore store =
                CheckpointStore.builder(disk.resolve("checkpoints")).optKeepLast(2).build();
        int failed = 0;
        try (SmallRun run = new SmallRun(store, 3).initialized(1)) {
            store.save(run.state);
            for (long left = 0; left < 60_000; left += 1_024) {
                Checkpoint before = store.latest().orElseThrow();
                long size = disk.toFile().getUsableSpace() - left;
                Files.write(filler, new byte[(int) Math.max(0, size)]);
                try {
                    store.save(run.state);
                } catch (IOException e) {
                    failed++;
                    assertThat(store.latest()).contains(before);
                }
                store.latest().orElseThrow().verify();
                store.resume(run.state);
                Files.delete(filler);
            }
            assertThat(files(disk.resolve("checkpoints")))
                    .noneMatch(f -> f.getFileName().toString().startsWith(".incomplete"));
        }
        assertThat(failed).isBetween(5, 55);
    }

    /** Fails after it has filled more than the buffers. */
    private static final class FullDisk implements Stateful {

        @Override
        public void saveState(DataOutputStream out) throws IOException {
            out.write(new byte[1 << 18]);
            throw new IOException("No space left on device");
        }

        @Override
        public Runnable readState(DataInputStream in) {
            return () -> {};
        }
    }

    @Test
    void whatAKilledSaveHasLeftIsRemovedByTheNext() throws Exception {
        Path left = Files.createDirectories(folder.resolve(".incomplete-1"));
        Files.write(left.resolve("parameters.params"), new byte[10]);
        try (SmallRun run = run().initialized(1)) {
            assertThat(run.store.resume(run.state)).isEmpty();
            run.store.save(run.state);
        }
        assertThat(left).doesNotExist();
    }

    @Test
    void aSecondStoreDoesNotSaveAtTheSameTime() throws Exception {
        try (SmallRun run = run().initialized(1);
                FileChannel channel =
                        FileChannel.open(
                                folder.resolve(".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> run.store.save(run.state))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("Another store is saving into");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLastAndTheBestAreKept(boolean minimize) throws Exception {
        CheckpointStore store =
                CheckpointStore.builder(folder)
                        .optKeepLast(2)
                        .optKeepBest(2, minimize ? MetricGoal.MINIMIZE : MetricGoal.MAXIMIZE)
                        .build();
        double[] metrics = {5, 2, 9, 2, 7, Double.NaN, 8};
        try (SmallRun run = new SmallRun(store, 3).initialized(1)) {
            for (double metric : metrics) {
                store.save(run.state, metric);
            }
            assertThat(store.list().stream().map(Checkpoint::number))
                    .isEqualTo(minimize ? List.of(2L, 4L, 6L, 7L) : List.of(3L, 6L, 7L));
            assertThat(store.best().orElseThrow().number()).isEqualTo(minimize ? 2 : 3);
            store.load(store.best().orElseThrow(), run.state);
        }
    }

    @Test
    void theParametersLoadIntoAPlainModel() throws Exception {
        Checkpoint last = threeCheckpoints();
        try (SmallRun run = run().initialized(4);
                SmallRun resumed = run();
                DataInputStream in =
                        new DataInputStream(Files.newInputStream(last.parametersFile()))) {
            resumed.store.resume(resumed.state);
            run.block().loadParameters(run.model().getNDManager(), in);
            assertThat(run.block().getParameters().get("06Linear_weight").getArray().encode())
                    .isEqualTo(
                            resumed.block()
                                    .getParameters()
                                    .get("06Linear_weight")
                                    .getArray()
                                    .encode());
        }
    }

    @Test
    void positionsAndNamesAreChecked() {
        assertThatThrownBy(() -> new TrainingPosition(0, 3, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CheckpointStore.builder(folder).optKeepLast(0))
                .hasMessageContaining("is 0; it must be positive");
        try (SmallRun run = run()) {
            for (String name : List.of("", "a/b", "..", "Data", "data")) {
                assertThatThrownBy(() -> TrainingState.builder(run.model()).add(name, run.average))
                        .hasMessageContaining("cannot be named '" + name + "'");
            }
        }
        assertThat(ByteBuffer.allocate(4).putInt(new SeedSequence(1).ofEpoch(0)).array())
                .isNotEqualTo(
                        ByteBuffer.allocate(4).putInt(new SeedSequence(1).ofEpoch(1)).array());
    }
}
