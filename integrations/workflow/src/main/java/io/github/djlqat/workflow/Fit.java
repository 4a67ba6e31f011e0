package io.github.djlqat.workflow;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingResult;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.workflow.data.SampleDataset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Trains a model with DJL's own trainer. */
final class Fit {

    private final TrainOptions options;
    private final boolean classes;
    private final Progress progress;

    Fit(TrainOptions options, boolean classes, Progress progress) {
        this.options = options;
        this.classes = classes;
        this.progress = progress;
    }

    List<EpochResult> run(
            Model model, SampleDataset train, @Nullable SampleDataset validation, Shape[] inputs)
            throws IOException, TranslateException {
        float rate = (float) options.learningRate();
        Tracker cosine =
                Tracker.cosine()
                        .setBaseValue(rate)
                        .optFinalValue(rate / 100)
                        .setMaxUpdates(Math.multiplyExact(options.epochs(), train.batches()))
                        .build();
        long steps = (long) options.epochs() * train.batches();
        try (Progress.Step step = progress.start("train", steps)) {
            Watch watch = new Watch(step);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(
                                    classes ? Loss.softmaxCrossEntropyLoss() : Loss.l2Loss())
                            .optOptimizer(Optimizer.adam().optLearningRateTracker(cosine).build())
                            .addTrainingListeners(new EvaluatorTrainingListener(), watch);
            if (classes) {
                config.addEvaluator(new Accuracy());
            }
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.setMetrics(new Metrics());
                trainer.initialize(inputs);
                EasyTrain.fit(trainer, options.epochs(), train, validation);
            }
            return List.copyOf(watch.epochs);
        }
    }

    /** Shows progress, stops where it is interrupted, and keeps what the epochs come to. */
    private static final class Watch extends TrainingListenerAdapter {

        private final Progress.Step step;
        private final List<EpochResult> epochs = new ArrayList<>();
        private long done;

        Watch(Progress.Step step) {
            this.step = step;
        }

        @Override
        public void onTrainingBatch(Trainer trainer, BatchData batch) {
            Interruption.check();
            Metrics metrics = trainer.getMetrics();
            String name =
                    EvaluatorTrainingListener.metricName(
                            trainer.getLoss(), EvaluatorTrainingListener.TRAIN_PROGRESS);
            String loss =
                    metrics != null && metrics.hasMetric(name)
                            ? String.format(
                                    Locale.ROOT,
                                    "epoch %d, loss %.4f",
                                    epochs.size() + 1,
                                    metrics.latestMetric(name).getValue().doubleValue())
                            : "";
            step.update(++done, loss);
        }

        @Override
        public void onEpoch(Trainer trainer) {
            TrainingResult result = trainer.getTrainingResult();
            Float loss = result.getTrainLoss();
            if (loss == null || !Float.isFinite(loss)) {
                throw new WorkflowException(
                        "Training came to a loss of "
                                + loss
                                + " in epoch "
                                + (epochs.size() + 1)
                                + "; a smaller learning rate may help.");
            }
            epochs.add(
                    new EpochResult(
                            epochs.size() + 1,
                            loss,
                            number(result.getTrainEvaluation("Accuracy")),
                            number(result.getValidateLoss()),
                            number(result.getValidateEvaluation("Accuracy"))));
        }

        private static @Nullable Double number(@Nullable Float value) {
            // DJL says NaN where there was nothing to evaluate.
            return value == null || value.isNaN() ? null : (Double) value.doubleValue();
        }
    }
}
