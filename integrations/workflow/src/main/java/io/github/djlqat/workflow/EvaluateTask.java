package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells how good a model is, and whether it is as good as it has to be. */
public final class EvaluateTask implements Task<EvaluateRequest, EvaluateResult> {

    /** Creates the task. */
    public EvaluateTask() {}

    @Override
    public EvaluateResult run(EvaluateRequest request, Progress progress) {
        return Guard.run(
                () -> {
                    @Nullable Baseline baseline =
                            request.baseline() == null ? null : Baseline.read(request.baseline());
                    if (request.newBaseline() != null) {
                        Outputs.requireWritableFile(request.newBaseline());
                        Outputs.requireApart(
                                request.newBaseline(),
                                request.model().path(),
                                request.data().path(),
                                request.data().labels());
                    }
                    try (OpenedModel model = ModelReaders.open(request.model())) {
                        return evaluate(request, baseline, model, progress);
                    }
                });
    }

    private static EvaluateResult evaluate(
            EvaluateRequest request,
            @Nullable Baseline baseline,
            OpenedModel model,
            Progress progress)
            throws IOException {
        Samples samples = SampleReaders.read(request.data());
        Models.requireFit(model, samples);
        String asked = request.metric();
        if (asked == null && baseline != null) {
            asked = baseline.metric();
        }
        Metric metric = Metric.of(asked, samples.requireLabels());
        if (baseline != null && !baseline.metric().equals(metric.metricName())) {
            throw new WorkflowException(
                    "The baseline "
                            + request.baseline()
                            + " is of "
                            + baseline.metric()
                            + ", which cannot be compared with "
                            + metric.metricName()
                            + ".");
        }
        Evaluation found =
                Evaluation.of(model, samples.dataset(request.batchSize()), metric, progress);
        List<Check> checks = new ArrayList<>();
        if (request.limit() != null) {
            checks.add(check(metric, metric.metricName(), request.limit(), found.value()));
        }
        if (baseline != null) {
            double allowed = metric.higherIsBetter() ? -request.tolerance() : request.tolerance();
            checks.add(
                    check(
                            metric,
                            metric.metricName() + " against the baseline",
                            baseline.value() + allowed,
                            found.value()));
        }
        boolean passed = checks.stream().allMatch(Check::passed);
        if (request.newBaseline() != null) {
            new Baseline(metric.metricName(), found.value()).write(request.newBaseline());
        }
        return new EvaluateResult(
                model.path().toString(),
                request.data().path().toString(),
                metric.metricName(),
                found.value(),
                found.samples(),
                found.seconds(),
                checks,
                passed);
    }

    private static Check check(Metric metric, String name, double limit, double value) {
        return metric.higherIsBetter()
                ? Check.atLeast(name, limit, value)
                : Check.atMost(name, limit, value);
    }
}
