package io.github.djlqat.mixedprecision.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlqat.mixedprecision.Forked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {

    private static final String STOP = "stop here";

    private static byte[] uninterrupted;

    @TempDir Path folder;

    @BeforeAll
    static void trainWithoutInterruption(@TempDir Path other) throws Exception {
        uninterrupted = uninterrupted(other, SmallRun.Kind.PLAIN);
    }

    private static byte[] uninterrupted(Path folder, SmallRun.Kind kind) throws Exception {
        try (SmallRun run = new SmallRun(folder, kind)) {
            run.train(1, Long.MAX_VALUE);
            return run.bytes();
        }
    }

    private void trainUntil(long batches, int seed, long everyBatches) {
        trainUntil(batches, seed, everyBatches, SmallRun.Kind.PLAIN);
    }

    private void trainUntil(long batches, int seed, long everyBatches, SmallRun.Kind kind) {
        try (SmallRun run = new SmallRun(folder, kind)) {
            run.data.addBatchListener(
                    position -> {
                        if (position.totalBatches() == batches) {
                            throw new IllegalStateException(STOP);
                        }
                    });
            assertThatThrownBy(
                            () -> {
                                run.store.resume(run.state);
                                run.train(seed, everyBatches);
                            })
                    .hasMessage(STOP);
        }
    }

    @Test
    void aRunIsAFunctionOfItsSeed() throws Exception {
        try (SmallRun run = new SmallRun(folder)) {
            run.train(1, 5);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
        }
        try (SmallRun run = new SmallRun(folder.resolve("other"))) {
            run.train(2, Long.MAX_VALUE);
            assertThat(run.bytes()).isNotEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anInterruptedRunEndsToTheByteWhereTheOtherDoes(int everyBatches) throws Exception {
        trainUntil(5, 1, everyBatches);
        // Weights that are not loaded would start elsewhere.
        trainUntil(9, 1000, everyBatches);
        trainUntil(14, 2000, everyBatches);
        try (SmallRun run = new SmallRun(folder)) {
            assertThat(run.store.resume(run.state)).isPresent();
            assertThat(run.data.getPosition().totalBatches()).isGreaterThanOrEqualTo(12);
            run.train(3000, everyBatches);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfRunEndsToTheByteWhereTheOtherDoes(SmallRun.Kind kind, @TempDir Path other)
            throws Exception {
        byte[] expected = uninterrupted(other, kind);
        trainUntil(5, 1, 1, kind);
        trainUntil(9, 1000, 1, kind);
        trainUntil(14, 2000, 1, kind);
        try (SmallRun run = new SmallRun(folder, kind)) {
            run.store.resume(run.state);
            run.train(3000, 1);
            assertThat(run.bytes()).isEqualTo(expected);
        }
    }

    @Test
    void aRunOfOtherSettingsIsRefused() throws Exception {
        trainUntil(6, 1, 1, SmallRun.Kind.FLOAT8_ACCUMULATED);
        try (SmallRun run = new SmallRun(folder, SmallRun.Kind.FLOAT8)) {
            run.store.resume(run.state);
            assertThatThrownBy(() -> run.train(1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("after 1 batches of a step; a step has 1 here");
        }
        try (SmallRun run = new SmallRun(folder, SmallRun.Kind.PLAIN)) {
            assertThatThrownBy(() -> run.store.resume(run.state))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("it holds the states");
        }
    }

    /** An interrupt reaches what is written, sooner or later, and then ends the run. */
    @ParameterizedTest
    @ValueSource(longs = {1, 40, 90, 170})
    void anInterruptedThreadLeavesAUsableCheckpoint(long milliseconds) throws Exception {
        trainUntil(3, 1, 1);
        List<Throwable> ends = new ArrayList<>();
        Thread thread =
                new Thread(
                        () -> {
                            try (SmallRun run = new SmallRun(folder)) {
                                run.store.resume(run.state);
                                run.train(1000, 1);
                            } catch (Throwable e) {
                                ends.add(e);
                            }
                        });
        thread.start();
        Thread.sleep(milliseconds);
        thread.interrupt();
        thread.join();
        CheckpointStore store = CheckpointStore.builder(folder).build();
        store.latest().orElseThrow().verify();
        assertThat(ends)
                .allMatch(e -> e instanceof IOException || e.getCause() instanceof IOException);
        try (SmallRun run = new SmallRun(folder)) {
            run.store.resume(run.state);
            run.train(3000, 1);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
        }
    }

    @Test
    void aModelWhoseParametersAreThereResumesAsWell() throws Exception {
        trainUntil(7, 1, 1);
        try (SmallRun run = new SmallRun(folder).initialized(9)) {
            run.store.resume(run.state);
            run.train(10, 1);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
        }
    }

    @Test
    void aRunThatHasEndedResumesAtItsEnd() throws Exception {
        try (SmallRun run = new SmallRun(folder)) {
            run.train(1, 4);
        }
        try (SmallRun run = new SmallRun(folder)) {
            Checkpoint last = run.store.resume(run.state).orElseThrow();
            assertThat(last.position())
                    .contains(
                            new TrainingPosition(
                                    SmallRun.EPOCHS, 0, SmallRun.EPOCHS * SmallRun.BATCHES));
            assertThat(last.metric()).hasValue(-SmallRun.EPOCHS);
            run.train(5, 4);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
        }
    }

    @Test
    void withoutACheckpointARunStartsAnew() throws Exception {
        try (SmallRun run = new SmallRun(folder.resolve("empty"))) {
            assertThat(run.store.resume(run.state)).isEmpty();
            assertThat(run.data.getPosition()).isEqualTo(TrainingPosition.START);
        }
    }

    @Test
    void aModelThatATrainerHasTakenIsNotTrainedOnFromOldWeights() throws Exception {
        trainUntil(4, 1, 1);
        try (SmallRun run = new SmallRun(folder)) {
            TrainingListenerAdapter late =
                    new TrainingListenerAdapter() {
                        @Override
                        public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                            try {
                                run.store.resume(run.state);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        }
                    };
            assertThatThrownBy(() -> run.train(8, 1, late))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** More kills, and of other runs, than by default are asked for by system properties. */
    @Test
    void aKilledProcessLosesNothing(@TempDir Path other) throws Exception {
        int kills = Integer.getInteger("checkpoint.kills", 2);
        SmallRun.Kind kind =
                SmallRun.Kind.valueOf(System.getProperty("checkpoint.kind", "QUANTIZED"));
        byte[] expected = uninterrupted(other, kind);
        Random random = new Random(kills);
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            reached.add(killed(random, i == 0 ? 1 : 100 + i, kind));
        }
        Process last = start(1000, kind);
        String output = new String(last.getInputStream().readAllBytes(), UTF_8);
        assertThat(last.waitFor()).as("after %s: %s", reached, output).isZero();
        try (SmallRun run = new SmallRun(folder, kind)) {
            run.store.resume(run.state);
            assertThat(run.bytes()).isEqualTo(expected);
            assertThat(run.store.list()).hasSize(3);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(p -> p.getFileName().toString()))
                    .allMatch(name -> name.startsWith("checkpoint-") || name.equals(".lock"));
        }
    }

    /** Kills a run within one of its next two batches, and returns what it had printed. */
    private String killed(Random random, int seed, SmallRun.Kind kind) throws Exception {
        Process process = start(seed, kind);
        StringBuilder printed = new StringBuilder();
        int batches = random.nextInt(2);
        for (int lines = 0; lines <= batches; ) {
            int c = process.getInputStream().read();
            assertThat(c).as("%s", printed).isNotNegative();
            lines += c == '\n' ? 1 : 0;
            printed.append((char) c);
        }
        Thread.sleep(0, 1 + random.nextInt(999_999));
        Thread.sleep(random.nextInt(30));
        process.destroyForcibly();
        assertThat(process.waitFor()).as("killed while it ran").isEqualTo(128 + 9);
        return printed.toString();
    }

    private Process start(int seed, SmallRun.Kind kind) throws IOException {
        // Until the first checkpoint a run starts anew, with its first seed.
        boolean begun = !CheckpointStore.builder(folder).build().list().isEmpty();
        return Forked.java(
                        KilledRun.class,
                        folder.toString(),
                        Integer.toString(begun ? seed : 1),
                        kind.name())
                .start();
    }
}
