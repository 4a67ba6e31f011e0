package io.github.djlqat.extension.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.Networks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong(17);

    private Console console(boolean terminal) {
        return new Console(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, clock::get);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void aLogGetsALineEveryFewSecondsAndOneAtTheEnd() {
        try (Progress progress = console(false).start("train", 40)) {
            for (int step = 1; step <= 40; step++) {
                clock.addAndGet(SECOND / 4);
                progress.update(step, step == 40 ? "" : "loss " + step);
            }
            clock.addAndGet(SECOND / 2);
            progress.close();
            progress.update(41, "late");
        }
        assertThat(printed())
                .isEqualTo(
                        "train: 20/40, 5.0 s, loss 20\ntrain: 40/40, 10.0 s\ntrain: 40/40, 10.5 s\n");
    }

    @Test
    void aTerminalGetsABarOfPlainCharacters() {
        try (Progress progress = console(true).start("train", 3)) {
            progress.update(1, "loss 1.5");
            progress.update(3, "loss 0.5");
        }
        assertThat(printed())
                .contains("train")
                .contains("3/3")
                .contains("loss 0.5")
                .contains("100%")
                .doesNotContain("\u001B");
    }

    @Test
    void aTaskHasAtLeastOneStep() {
        assertThatThrownBy(() -> console(false).start("nothing", 0))
                .hasMessageContaining("\"nothing\"");
    }

    @Test
    void aTrainingIsShownOverAllItsEpochs() throws IOException, TranslateException {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new TrainingProgressListener(console(false), "linear", 2, 3));
        SequentialBlock block = new SequentialBlock();
        block.add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(10).build());
        try (Model model = Model.newInstance("linear")) {
            model.setBlock(block);
            Dataset batches = Networks.data(model.getNDManager(), 96, 32, 1);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(new Shape(1, 1, 8, 8));
                EasyTrain.fit(trainer, 2, batches, batches);
            }
        }
        assertThat(printed())
                .matches(
                        "linear: 6/6, 0\\.0 s, epoch 2, accuracy [01]\\.\\d{4}, loss \\d\\.\\d{4}\n");
    }
}
