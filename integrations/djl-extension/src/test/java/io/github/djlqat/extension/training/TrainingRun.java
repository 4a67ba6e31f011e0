package io.github.djlqat.extension.training;

import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EpochTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.extension.Networks;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Recipe;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A small training of a prepared model: four batches of eight images an epoch. */
final class TrainingRun implements AutoCloseable {

    static final int BATCHES = 4;

    final Model model;
    final QuantizedBlock block;
    private final ArrayDataset training;
    private final ArrayDataset validation;

    TrainingRun(Recipe recipe) throws Exception {
        model = Networks.model(1);
        block = Quantization.prepare(model, recipe, Networks.IMAGE);
        training = Networks.data(model.getNDManager(), 8 * BATCHES, 8, 21);
        validation = Networks.data(model.getNDManager(), 24, 8, 22);
        Quantization.calibrate(model, training, BATCHES);
    }

    ArrayDataset training() {
        return training;
    }

    static DefaultTrainingConfig config(float rate, TrainingListener... listeners) {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(rate)).build())
                .addEvaluator(new Accuracy())
                .addTrainingListeners(
                        Stream.concat(
                                        Stream.of(
                                                new EpochTrainingListener(),
                                                new EvaluatorTrainingListener()),
                                        Stream.of(listeners))
                                .toArray(TrainingListener[]::new));
    }

    void fit(Trainer trainer, int epochs) throws Exception {
        trainer.initialize(Networks.IMAGE);
        EasyTrain.fit(trainer, epochs, training, validation);
    }

    void fit(int epochs, TrainingListener... listeners) throws Exception {
        try (Trainer trainer = model.newTrainer(config(0.01f, listeners))) {
            fit(trainer, epochs);
        }
    }

    /** A listener that is told after each batch. */
    static TrainingListener eachBatch(Consumer<Trainer> action) {
        return new TrainingListenerAdapter() {
            @Override
            public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                action.accept(trainer);
            }
        };
    }

    /** A listener that is told after each epoch. */
    static TrainingListener eachEpoch(Consumer<Trainer> action) {
        return new TrainingListenerAdapter() {
            @Override
            public void onEpoch(Trainer trainer) {
                action.accept(trainer);
            }
        };
    }

    /** All values of the parameters, in order. */
    List<float[]> parameters() {
        return block.getParameters().values().stream()
                .map(parameter -> parameter.getArray().toFloatArray())
                .toList();
    }

    @Override
    public void close() {
        model.close();
    }
}
