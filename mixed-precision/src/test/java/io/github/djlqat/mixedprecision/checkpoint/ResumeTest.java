package io.github.djlqat.mixedprecision.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {

    private static final String STOP = "stop here";

    private static byte[] uninterrupted;

    @TempDir Path folder;

    @BeforeAll
    static void trainWithoutInterruption(@TempDir Path other) throws Exception {
        try (SmallRun run = new SmallRun(other)) {
            run.train(1, Long.MAX_VALUE);
            uninterrupted = run.bytes();
        }
    }

    private void trainUntil(long batches, int seed, long everyBatches) {
        try (SmallRun run = new SmallRun(folder)) {
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

    /** More kills than by default are asked for by -Dcheckpoint.kills=NUMBER. */
    @Test
    void aKilledProcessLosesNothing() throws Exception {
        int kills = Integer.getInteger("checkpoint.kills", 2);
        Random random = new Random(kills);
        for (int i = 0; i < kills; i++) {
            Process process = start(i == 0 ? 1 : 100 + i);
            // The first line is printed when training starts.
            assertThat(process.getInputStream().read()).isEqualTo('s');
            process.waitFor(20 + random.nextInt(600), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
        }
        Process last = start(kills == 0 ? 1 : 1000);
        // A first process that was killed before its first checkpoint leaves the second to start.
        String output = new String(last.getInputStream().readAllBytes());
        assertThat(last.waitFor()).as(output).isZero();
        try (SmallRun run = new SmallRun(folder)) {
            run.store.resume(run.state);
            assertThat(run.bytes()).isEqualTo(uninterrupted);
            assertThat(run.store.list()).hasSize(3);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(p -> p.getFileName().toString()))
                    .allMatch(name -> name.startsWith("checkpoint-") || name.equals(".lock"));
        }
    }

    private Process start(int seed) throws IOException {
        boolean begun = !CheckpointStore.builder(folder).build().list().isEmpty();
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path")
                                        .replace(';', File.pathSeparatorChar),
                                KilledRun.class.getName(),
                                folder.toString(),
                                Integer.toString(begun ? seed : 1)));
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.redirectErrorStream(true).start();
    }
}
