package io.github.djlqat.extension.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.loss.Loss;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.mixedprecision.checkpoint.Checkpoint;
import io.github.djlqat.mixedprecision.checkpoint.CheckpointStore;
import io.github.djlqat.mixedprecision.checkpoint.MetricGoal;
import io.github.djlqat.mixedprecision.checkpoint.TrainingState;
import io.github.djlqat.recipe.Presets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizationListenersTest {

    @TempDir Path folder;

    /** Doubles what a parameter holds, as a step that is too long might. */
    private static void multiply(TrainingRun run, String end, float factor) {
        run.block
                .getParameters()
                .forEach(
                        pair -> {
                            if (pair.getKey().endsWith(end)) {
                                NDArray array = pair.getValue().getArray();
                                try (NDArray product = array.mul(factor)) {
                                    product.copyTo(array);
                                }
                            }
                        });
    }

    @Test
    void clippedWeightsAndScalesThatJumpAreTold() throws Exception {
        try (TrainingRun run = new TrainingRun(Presets.named("w4a4"))) {
            List<String> warnings = new ArrayList<>();
            QuantizationWarnings listener =
                    QuantizationWarnings.builder().optSink(warnings::add).build();
            try (Trainer trainer = run.model.newTrainer(TrainingRun.config(0, listener))) {
                trainer.initialize(Networks.IMAGE);
                listener.onEpoch(trainer);
                assertThat(warnings).isEmpty();

                multiply(run, "scale", 1 / 8f);
                listener.onEpoch(trainer);
                assertThat(warnings)
                        .anyMatch(
                                w -> w.matches("The weight \\S+ is clipped in \\d+\\.\\d % .*dB.*"))
                        .anyMatch(w -> w.contains("has changed by a factor of 8.00, from "));

                warnings.clear();
                multiply(run, "scale", 8);
                listener.onEpoch(trainer);
                assertThat(warnings)
                        .isNotEmpty()
                        .allMatch(w -> w.contains("has changed by a factor of 8.00, from "));

                warnings.clear();
                listener.onEpoch(trainer);
                assertThat(warnings).isEmpty();

                Quantization.changeRecipe(
                        run.model, BitWidths.withBits(run.block.getRecipe(), 2), run.training(), 1);
                listener.onEpoch(trainer);
                assertThat(warnings).noneMatch(w -> w.contains("has changed"));
            }
        }
        assertThatThrownBy(() -> QuantizationWarnings.builder().optClipRatio(-1))
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> QuantizationWarnings.builder().optScaleChange(0.5))
                .hasMessageContaining("0.5");
    }

    @Test
    void checkpointsAreJudgedByWhatIsValidated() throws Exception {
        try (TrainingRun run = new TrainingRun(Presets.named("w4a4"))) {
            CheckpointStore store =
                    CheckpointStore.builder(folder)
                            .optKeepLast(1)
                            .optKeepBest(1, MetricGoal.MAXIMIZE)
                            .build();
            TrainingState state = TrainingState.builder(run.model).build();
            List<Double> accuracies = new ArrayList<>();
            List<List<float[]>> epochs = new ArrayList<>();

            run.fit(
                    4,
                    QuantizationListeners.checkpoints(store, state, "Accuracy"),
                    TrainingRun.eachEpoch(
                            trainer -> {
                                accuracies.add(
                                        (double)
                                                trainer.getTrainingResult()
                                                        .getValidateEvaluation("Accuracy"));
                                epochs.add(run.parameters());
                            }));

            Checkpoint best = store.best().orElseThrow();
            double expected = Collections.max(accuracies);
            assertThat(best.metric()).hasValue(expected);
            store.load(best, state);
            List<float[]> left = run.parameters();
            List<float[]> then = epochs.get((int) best.number() - 1);
            for (int i = 0; i < left.size(); i++) {
                assertThat(left.get(i)).isEqualTo(then.get(i));
            }
        }
    }

    @Test
    void loggingShowsProgressAndValues() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Console console =
                new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, () -> 0);
        try (TrainingRun run = new TrainingRun(Presets.named("w4a4"))) {
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(
                                    QuantizationListeners.logging(
                                            console, "w4a4", 2, TrainingRun.BATCHES));
            try (Trainer trainer = run.model.newTrainer(config)) {
                trainer.setMetrics(new Metrics());
                run.fit(trainer, 2);
                assertThat(trainer.getTrainingResult().getEpoch()).isEqualTo(2);
            }
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).strip())
                .matches("w4a4: 8/8, 0\\.0 s, epoch 2, accuracy [01]\\.\\d{4}, loss \\d+\\.\\d{4}");
    }
}
