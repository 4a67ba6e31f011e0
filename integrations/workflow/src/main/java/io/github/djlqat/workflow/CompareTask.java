package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs two models on the same inputs and tells how alike they are. */
public final class CompareTask implements Task<CompareRequest, CompareResult> {

    private static final int RANDOM_SAMPLES = 64;
    private static final long SEED = 1;

    /** Creates the task. */
    public CompareTask() {}

    @Override
    public CompareResult run(CompareRequest request, Progress progress) {
        return Guard.run(
                () -> {
                    try (OpenedModel first = ModelReaders.open(request.first());
                            OpenedModel second = ModelReaders.open(request.second())) {
                        return compare(request, first, second, progress);
                    }
                });
    }

    private static CompareResult compare(
            CompareRequest request, OpenedModel first, OpenedModel second, Progress progress)
            throws IOException {
        Samples samples = samples(request, first, second);
        Models.requireFit(first, samples);
        Models.requireFit(second, samples);
        @Nullable Metric metric =
                samples.labels() == null ? null : Metric.of(request.metric(), samples.labels());
        SampleDataset data = samples.dataset(request.batchSize());
        OutputDifference difference = new OutputDifference();
        double[] sums = new double[2];
        long count = 0;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Progress.Step step = progress.start("compare", data.batches())) {
            long done = 0;
            for (Batch batch : data.getData(manager)) {
                Interruption.check();
                try (batch) {
                    NDList one = first.predict(batch.getData());
                    NDList other = second.predict(batch.getData());
                    difference.add(one, other);
                    if (metric != null) {
                        Metric.Part part = metric.of(one, batch.getLabels());
                        sums[0] += part.sum();
                        sums[1] += metric.of(other, batch.getLabels()).sum();
                        count += part.count();
                    }
                }
                step.update(++done, "");
            }
        }
        List<@Nullable Double> medians =
                Latencies.medians(List.of(first, second), samples, request.runs());
        @Nullable Double valueOfFirst = metric == null ? null : (Double) (sums[0] / count);
        @Nullable Double valueOfSecond = metric == null ? null : (Double) (sums[1] / count);
        List<Check> checks =
                checks(request.limits(), difference, metric, valueOfFirst, valueOfSecond);
        return new CompareResult(
                ComparedModel.of(first, valueOfFirst, medians.get(0)),
                ComparedModel.of(second, valueOfSecond, medians.get(1)),
                samples.size(),
                metric == null ? null : metric.metricName(),
                difference.agreement(),
                difference.largest(),
                difference.mean(),
                checks,
                checks.stream().allMatch(Check::passed));
    }

    private static Samples samples(CompareRequest request, OpenedModel first, OpenedModel second)
            throws IOException {
        if (request.data() != null) {
            return SampleReaders.read(request.data());
        }
        OpenedModel known = first.inputShapes().isEmpty() ? second : first;
        if (known.inputShapes().isEmpty()) {
            throw new WorkflowException(
                    "Neither model tells the shape of its inputs; give samples, or the shape of one"
                            + " such as 3x32x32.");
        }
        return Samples.random(known.inputShapes(), RANDOM_SAMPLES, SEED);
    }

    private static List<Check> checks(
            CompareLimits limits,
            OutputDifference difference,
            @Nullable Metric metric,
            @Nullable Double first,
            @Nullable Double second) {
        List<Check> checks = new ArrayList<>();
        if (limits.agreement() != null) {
            Double agreement = difference.agreement();
            if (agreement == null) {
                throw new WorkflowException(
                        "The models' outputs are no classes, so that there is no agreement to"
                                + " check.");
            }
            checks.add(Check.atLeast("agreement", limits.agreement(), agreement));
        }
        if (limits.difference() != null) {
            checks.add(
                    Check.atMost("largest difference", limits.difference(), difference.largest()));
        }
        if (limits.drop() != null) {
            if (metric == null || first == null || second == null) {
                throw new WorkflowException(
                        "There are no labels, so that there is no metric whose drop could be"
                                + " checked.");
            }
            double drop = metric.higherIsBetter() ? first - second : second - first;
            checks.add(Check.atMost("drop of " + metric.metricName(), limits.drop(), drop));
        }
        return List.copyOf(checks);
    }
}
