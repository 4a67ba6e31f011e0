package io.github.djlqat.extension.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.nn.Parameter;
import ai.djl.training.Trainer;
import ai.djl.util.Pair;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreezingListenerTest {

    private static final Recipe INT8 = Presets.named("int8");

    /** The steps after which what is watched was another than after the step before. */
    private static final class Changes {
        private final List<Integer> ranges = new ArrayList<>();
        private final List<Integer> statistics = new ArrayList<>();
        private float[] range;
        private float[] mean;
        private int step;

        void look(TrainingRun run) {
            step++;
            float[] newRange =
                    run.block.getQuantizers().values().stream()
                            .filter(quantizer -> !run.block.isWeightQuantizer(quantizer.getName()))
                            .findFirst()
                            .orElseThrow()
                            .getQuantizationParameters()
                            .scales()
                            .clone();
            float[] newMean = null;
            for (Pair<String, Parameter> pair : run.block.getParameters()) {
                if (pair.getValue().getName().equals("runningMean")) {
                    newMean = pair.getValue().getArray().toFloatArray();
                }
            }
            if (range == null || !Arrays.equals(range, newRange)) {
                ranges.add(step);
            }
            if (mean == null || !Arrays.equals(mean, newMean)) {
                statistics.add(step);
            }
            range = newRange;
            mean = newMean;
        }
    }

    private static Changes watch(Recipe recipe, FreezingListener... listeners) throws Exception {
        Changes changes = new Changes();
        try (TrainingRun run = new TrainingRun(recipe)) {
            List<ai.djl.training.listener.TrainingListener> all =
                    new ArrayList<>(List.of(listeners));
            all.add(TrainingRun.eachBatch(trainer -> changes.look(run)));
            run.fit(3, all.toArray(ai.djl.training.listener.TrainingListener[]::new));
        }
        return changes;
    }

    @Test
    void withoutItNothingIsFrozen() throws Exception {
        Changes changes = watch(INT8);

        assertThat(changes.ranges).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(changes.statistics).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    @Test
    void stepsAreCountedAsTheRecipeCountsThem() throws Exception {
        Changes byListener =
                watch(
                        INT8,
                        FreezingListener.builder()
                                .optFreezeObserversAfterSteps(5)
                                .optFreezeBatchNormAfterSteps(7)
                                .build());
        Changes byRecipe = watch(INT8.withTraining(new TrainingOptions(true, 7, 5)));

        assertThat(byListener.ranges).containsExactly(1, 2, 3, 4, 5);
        assertThat(byListener.statistics).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(byRecipe.ranges).isEqualTo(byListener.ranges);
        assertThat(byRecipe.statistics).isEqualTo(byListener.statistics);
    }

    @Test
    void epochsAreFrozenAtTheirEnd() throws Exception {
        Changes changes =
                watch(
                        INT8,
                        FreezingListener.builder()
                                .optFreezeObserversAfterEpochs(1)
                                .optFreezeBatchNormAfterEpochs(2)
                                .build());

        assertThat(changes.ranges).containsExactly(1, 2, 3, 4);
        assertThat(changes.statistics).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void whatTheRecipeFreezesIsNotFrozenTwice() throws Exception {
        try (TrainingRun run =
                new TrainingRun(INT8.withTraining(new TrainingOptions(true, -1, 5)))) {
            assertThatThrownBy(
                            () ->
                                    run.fit(
                                            1,
                                            FreezingListener.builder()
                                                    .optFreezeObserversAfterEpochs(1)
                                                    .build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"int8\" has freezeObserversAfter: 5 already");
            run.fit(1, FreezingListener.builder().optFreezeBatchNormAfterEpochs(1).build());
        }
    }

    @Test
    void aModelThatIsNotPreparedIsRefused() {
        try (Model model = Networks.model(1)) {
            assertThatThrownBy(
                            () -> {
                                try (Trainer trainer =
                                        model.newTrainer(
                                                TrainingRun.config(
                                                        0.01f,
                                                        FreezingListener.builder().build()))) {
                                    trainer.initialize(Networks.IMAGE);
                                }
                            })
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("call Quantization.prepare before newTrainer");
        }
    }

    @Test
    void negativeNumbersAreRefused() {
        assertThatThrownBy(() -> FreezingListener.builder().optFreezeObserversAfterSteps(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1 steps");
        assertThatThrownBy(() -> FreezingListener.builder().optFreezeBatchNormAfterEpochs(-2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-2 epochs");
    }
}
