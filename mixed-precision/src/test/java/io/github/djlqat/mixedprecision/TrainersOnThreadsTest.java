package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.mixedprecision.optimizer.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Trainers of several threads. DJL lets one collector be open in the process at a time. */
class TrainersOnThreadsTest {

    private static final Shape DATA = new Shape(8, 5);
    private static final Shape LABELS = new Shape(8, 3);
    private static final int STEPS = 12;

    private final ExecutorService executor = Executors.newFixedThreadPool(2);

    private static MixedPrecisionTrainer trainer(Model model) {
        MixedPrecisionTrainer trainer =
                new MixedPrecisionTrainer(
                        model,
                        Training.config(
                                Loss.l2Loss(),
                                Adam.builder()
                                        .optLearningRateTracker(Tracker.fixed(0.01f))
                                        .build()),
                        MixedPrecision.of(Precision.FLOAT8));
        Training.initialize(trainer, 97, DATA);
        return trainer;
    }

    private static List<float[]> train(int seed, Lock turn) {
        Random random = new Random(seed);
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = trainer(model)) {
            for (int i = 0; i < STEPS; i++) {
                turn.lock();
                try {
                    step(trainer, random);
                } finally {
                    turn.unlock();
                }
            }
            return Training.parameters(trainer);
        }
    }

    private static void step(MixedPrecisionTrainer trainer, Random random) {
        float[] data = Training.normal(random, 40, 1);
        Training.step(trainer, data, DATA, Training.normal(random, 24, 1), LABELS);
    }

    private static void assertSame(List<float[]> actual, List<float[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }

    /** Everything but the steps themselves may happen at once. */
    @Test
    void takingTurnsTheyEndWhereTheyWouldAlone() throws Exception {
        Lock none = new ReentrantLock();
        List<List<float[]>> alone = List.of(train(1, none), train(2, none));
        Lock turn = new ReentrantLock(true);
        try {
            List<Callable<List<float[]>>> runs =
                    List.of(() -> train(1, turn), () -> train(2, turn));
            List<List<float[]>> together = new ArrayList<>();
            for (Future<List<float[]>> run : executor.invokeAll(runs)) {
                together.add(run.get());
            }
            assertSame(together.get(0), alone.get(0));
            assertSame(together.get(1), alone.get(1));
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aSecondCollectorIsRefusedAndDisturbsNobody() throws Exception {
        List<float[]> alone = train(3, new ReentrantLock());
        try (Model model = Training.model(Training.mlp(7, 3));
                Model other = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer = trainer(model);
                MixedPrecisionTrainer beside = trainer(other)) {
            Random random = new Random(3);
            Random same = new Random(3);
            for (int i = 0; i < STEPS; i++) {
                if (i == STEPS / 2) {
                    try (GradientCollector open = trainer.newGradientCollector()) {
                        Throwable thrown =
                                executor.submit(() -> thrownBy(beside::newGradientCollector)).get();
                        assertThat(thrown)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Only one can be collecting at a time");
                        assertThat(open).isNotNull();
                    }
                }
                step(trainer, random);
                step(beside, same);
            }
            assertSame(Training.parameters(trainer), alone);
            assertSame(Training.parameters(beside), alone);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Throwable thrownBy(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            return e;
        }
        return new AssertionError("nothing was thrown");
    }
}
