package io.github.djlqat.report;

import ai.djl.metric.Metrics;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlqat.report.data.Curve;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Records how loss and evaluators go from epoch to epoch, for the training curves of a report. Give
 * one to each training that is to be compared, FP32 and quantization-aware.
 *
 * <p>The trainer needs {@link Metrics}, and an {@link EvaluatorTrainingListener} before this
 * listener; without them nothing is recorded. Numbers that are not finite are left out.
 */
public final class TrainingCurves extends TrainingListenerAdapter {

    private static final Map<String, String> STAGES =
            Map.of(
                    EvaluatorTrainingListener.TRAIN_EPOCH, "training ",
                    EvaluatorTrainingListener.VALIDATE_EPOCH, "validation ");

    private final String name;
    private final Map<String, List<Curve.Point>> points = new LinkedHashMap<>();
    private int epoch;

    /**
     * Creates a listener.
     *
     * @param name the name of the run in the figure, such as {@code qat-w4a4}
     */
    public TrainingCurves(String name) {
        this.name = name;
    }

    @Override
    public synchronized void onEpoch(Trainer trainer) {
        epoch++;
        Metrics metrics = trainer.getMetrics();
        if (metrics == null) {
            return;
        }
        for (String stage :
                List.of(
                        EvaluatorTrainingListener.VALIDATE_EPOCH,
                        EvaluatorTrainingListener.TRAIN_EPOCH)) {
            for (Evaluator evaluator : trainer.getEvaluators()) {
                String metric = EvaluatorTrainingListener.metricName(evaluator, stage);
                double value =
                        metrics.hasMetric(metric)
                                ? metrics.latestMetric(metric).getValue().doubleValue()
                                : Double.NaN;
                if (Double.isFinite(value)) {
                    points.computeIfAbsent(
                                    STAGES.get(stage) + quantity(evaluator),
                                    key -> new ArrayList<>())
                            .add(new Curve.Point(epoch, value));
                }
            }
        }
    }

    private static String quantity(Evaluator evaluator) {
        return evaluator.getName().endsWith("Loss")
                ? "loss"
                : evaluator.getName().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what was recorded so far.
     *
     * @return a curve for each quantity, of the values at the ends of the epochs
     */
    public synchronized List<Curve> curves() {
        List<Curve> curves = new ArrayList<>();
        points.forEach((quantity, seen) -> curves.add(new Curve(name, quantity, "epoch", seen)));
        return curves;
    }
}
