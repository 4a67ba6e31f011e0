package io.github.djlqat.extension.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EarlyStoppingListener.EarlyStoppedException;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.mixedprecision.checkpoint.MetricGoal;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedEarlyStoppingTest {

    private static final Recipe W4A4 = Presets.named("w4a4");

    /** An evaluator of values that are given. */
    private static final class Script extends Evaluator {

        private final float[] values;
        private int epoch;

        Script(double... values) {
            super("Script");
            this.values = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                this.values[i] = (float) values[i];
            }
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            return predictions.head();
        }

        @Override
        public void addAccumulator(String key) {}

        @Override
        public void updateAccumulator(String key, NDList labels, NDList predictions) {}

        @Override
        public void resetAccumulator(String key) {}

        @Override
        public float getAccumulator(String key) {
            return key.startsWith("validate") ? values[epoch++] : 0;
        }
    }

    private static QuantizedEarlyStopping.Builder listener(MetricGoal goal) {
        return QuantizedEarlyStopping.builder().optEvaluator("Script", goal);
    }

    /** Trains until it stops, and compares what is left with the epoch that was the best. */
    private static void check(
            QuantizedEarlyStopping listener, int stopped, int best, double... values)
            throws Exception {
        try (TrainingRun run = new TrainingRun(W4A4)) {
            List<List<float[]>> epochs = new ArrayList<>();
            List<float[]> outputs = new ArrayList<>();
            DefaultTrainingConfig config =
                    TrainingRun.config(
                                    0.01f,
                                    TrainingRun.eachEpoch(
                                            trainer -> {
                                                epochs.add(run.parameters());
                                                outputs.add(outputs(run));
                                            }),
                                    listener)
                            .addEvaluator(new Script(values));
            try (Trainer trainer = run.model.newTrainer(config)) {
                if (stopped > 0) {
                    assertThatThrownBy(() -> run.fit(trainer, values.length))
                            .isInstanceOfSatisfying(
                                    EarlyStoppedException.class,
                                    e -> assertThat(e.getStopEpoch()).isEqualTo(stopped))
                            .hasMessageContaining("of epoch " + best);
                } else {
                    run.fit(trainer, values.length);
                }
            }
            assertThat(listener.getBestEpoch()).isEqualTo(best);
            assertThat(listener.getBest()).hasValue((float) values[best - 1]);
            List<float[]> left = run.parameters();
            for (int i = 0; i < left.size(); i++) {
                assertThat(left.get(i)).isEqualTo(epochs.get(best - 1).get(i));
            }
            assertThat(outputs(run)).isEqualTo(outputs.get(best - 1));
            assertThat(run.block.getSteps()).isEqualTo((long) best * TrainingRun.BATCHES);
        }
    }

    private static float[] outputs(TrainingRun run) {
        return Networks.outputs(
                run.block,
                run.model.getNDManager(),
                Networks.images(run.model.getNDManager(), 5, 3));
    }

    @Test
    void itStopsWhenPatienceIsOverAndPutsTheBestBack() throws Exception {
        check(
                listener(MetricGoal.MAXIMIZE).optPatience(2).build(),
                5,
                3,
                0.5,
                0.4,
                0.6,
                0.6,
                0.3,
                0.9);
    }

    @Test
    void aLossIsTheBetterTheSmaller() throws Exception {
        check(listener(MetricGoal.MINIMIZE).optPatience(1).build(), 3, 2, 0.5, 0.4, 0.6);
    }

    @Test
    void aGainHasToBeLargeEnough() throws Exception {
        check(
                listener(MetricGoal.MAXIMIZE).optPatience(2).optMinimalGain(0.25).build(),
                3,
                1,
                0.5,
                0.625,
                0.75,
                1);
    }

    @Test
    void aTrainingThatEndsByItselfKeepsItsBestEpoch() throws Exception {
        check(listener(MetricGoal.MAXIMIZE).build(), 0, 2, 0.5, 0.75, 0.625);
        check(listener(MetricGoal.MAXIMIZE).build(), 0, 3, 0.5, 0.25, 0.625);
    }

    @Test
    void afterAChangeOfBitsItBeginsAnew() throws Exception {
        try (TrainingRun run = new TrainingRun(W4A4)) {
            QuantizedEarlyStopping listener = listener(MetricGoal.MAXIMIZE).optPatience(2).build();
            DefaultTrainingConfig config =
                    TrainingRun.config(
                                    0.01f,
                                    listener,
                                    BitWidthListener.builder(run.training(), 2)
                                            .addBits(2, 3)
                                            .build())
                            .addEvaluator(new Script(0.9, 0.8, 0.5, 0.6, 0.4));
            try (Trainer trainer = run.model.newTrainer(config)) {
                run.fit(trainer, 5);
            }

            assertThat(listener.getBestEpoch()).isEqualTo(4);
            assertThat(listener.getBest()).hasValue(0.6f);
            assertThat(run.block.getSteps()).isEqualTo(4L * TrainingRun.BATCHES);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theTrainerEvaluatesWhatWasPutBack(boolean mixed) throws Exception {
        try (TrainingRun run = new TrainingRun(W4A4)) {
            List<float[]> epochs = new ArrayList<>();
            NDList test = Networks.images(run.model.getNDManager(), 5, 3);
            DefaultTrainingConfig config =
                    TrainingRun.config(
                                    0.01f,
                                    TrainingRun.eachEpoch(
                                            trainer ->
                                                    epochs.add(
                                                            trainer.evaluate(test)
                                                                    .singletonOrThrow()
                                                                    .toFloatArray())),
                                    listener(MetricGoal.MAXIMIZE).optPatience(1).build())
                            .addEvaluator(new Script(0.5, 0.4));
            try (Trainer trainer =
                    mixed
                            ? new MixedPrecisionTrainer(
                                    run.model, config, MixedPrecision.of(Precision.BFLOAT16))
                            : run.model.newTrainer(config)) {
                assertThatThrownBy(() -> run.fit(trainer, 2))
                        .isInstanceOf(EarlyStoppedException.class);

                assertThat(trainer.evaluate(test).singletonOrThrow().toFloatArray())
                        .isEqualTo(epochs.get(0))
                        .isNotEqualTo(epochs.get(1));
            }
        }
    }

    @Test
    void nativeMemoryIsFlat() throws Exception {
        try (TrainingRun run = new TrainingRun(W4A4)) {
            List<Integer> counts = new ArrayList<>();
            double[] rising = new double[12];
            for (int i = 0; i < rising.length; i++) {
                rising[i] = i;
            }
            DefaultTrainingConfig config =
                    TrainingRun.config(
                                    0.001f,
                                    listener(MetricGoal.MAXIMIZE).build(),
                                    TrainingRun.eachEpoch(
                                            trainer ->
                                                    counts.add(
                                                            run.model
                                                                    .getNDManager()
                                                                    .getManagedArrays()
                                                                    .size())))
                            .addEvaluator(new Script(rising));
            try (Trainer trainer = run.model.newTrainer(config)) {
                run.fit(trainer, rising.length);
            }

            assertThat(counts.get(11)).isEqualTo(counts.get(2));
        }
    }

    @Test
    void missingValuesAreToldWithWhatThereIs() throws Exception {
        try (TrainingRun run = new TrainingRun(W4A4)) {
            assertThatThrownBy(
                            () ->
                                    run.fit(
                                            1,
                                            QuantizedEarlyStopping.builder()
                                                    .optEvaluator("F1", MetricGoal.MAXIMIZE)
                                                    .build()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"F1\"")
                    .hasMessageContaining("\"Accuracy\"");
            try (Trainer trainer =
                    run.model.newTrainer(
                            TrainingRun.config(0.01f, QuantizedEarlyStopping.builder().build()))) {
                trainer.initialize(Networks.IMAGE);
                assertThatThrownBy(() -> EasyTrain.fit(trainer, 1, run.training(), null))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("no validation data");
            }
        }
        assertThatThrownBy(() -> QuantizedEarlyStopping.builder().optPatience(0))
                .hasMessageContaining("patience of 0");
        assertThatThrownBy(() -> QuantizedEarlyStopping.builder().optMinimalGain(Double.NaN))
                .hasMessageContaining("NaN");
    }
}
