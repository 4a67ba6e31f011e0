package io.github.djlqat.workflow.fork;

import io.github.djlqat.workflow.CalibrateRequest;
import io.github.djlqat.workflow.CalibrateResult;
import io.github.djlqat.workflow.CalibrateTask;
import io.github.djlqat.workflow.CompareRequest;
import io.github.djlqat.workflow.CompareResult;
import io.github.djlqat.workflow.CompareTask;
import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.EvaluateTask;
import io.github.djlqat.workflow.ExportRequest;
import io.github.djlqat.workflow.ExportResult;
import io.github.djlqat.workflow.ExportTask;
import io.github.djlqat.workflow.InspectRequest;
import io.github.djlqat.workflow.InspectResult;
import io.github.djlqat.workflow.InspectTask;
import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.QuantizeTask;
import io.github.djlqat.workflow.ReportRequest;
import io.github.djlqat.workflow.ReportResult;
import io.github.djlqat.workflow.ReportTask;
import io.github.djlqat.workflow.Task;
import io.github.djlqat.workflow.TrainRequest;
import io.github.djlqat.workflow.TrainResult;
import io.github.djlqat.workflow.TrainTask;
import java.util.List;
import java.util.function.Supplier;

/**
 * A task that another process can run: its request and its result have a written form.
 *
 * @param <Q> what is asked for
 * @param <R> what comes of it
 * @param name the name between the processes
 * @param request the class of requests
 * @param result the class of results
 * @param task makes the task
 */
public record TaskType<Q, R>(
        String name, Class<Q> request, Class<R> result, Supplier<Task<Q, R>> task) {

    /** {@link InspectTask}. */
    public static final TaskType<InspectRequest, InspectResult> INSPECT =
            new TaskType<>("inspect", InspectRequest.class, InspectResult.class, InspectTask::new);

    /** {@link CalibrateTask}. */
    public static final TaskType<CalibrateRequest, CalibrateResult> CALIBRATE =
            new TaskType<>(
                    "calibrate", CalibrateRequest.class, CalibrateResult.class, CalibrateTask::new);

    /** {@link QuantizeTask}. */
    public static final TaskType<QuantizeRequest, QuantizeResult> QUANTIZE =
            new TaskType<>(
                    "quantize", QuantizeRequest.class, QuantizeResult.class, QuantizeTask::new);

    /** {@link TrainTask}. */
    public static final TaskType<TrainRequest, TrainResult> TRAIN =
            new TaskType<>("train", TrainRequest.class, TrainResult.class, TrainTask::new);

    /** {@link EvaluateTask}. */
    public static final TaskType<EvaluateRequest, EvaluateResult> EVALUATE =
            new TaskType<>(
                    "evaluate", EvaluateRequest.class, EvaluateResult.class, EvaluateTask::new);

    /** {@link ExportTask}. */
    public static final TaskType<ExportRequest, ExportResult> EXPORT =
            new TaskType<>("export", ExportRequest.class, ExportResult.class, ExportTask::new);

    /** {@link CompareTask}. */
    public static final TaskType<CompareRequest, CompareResult> COMPARE =
            new TaskType<>("compare", CompareRequest.class, CompareResult.class, CompareTask::new);

    /** {@link ReportTask}. */
    public static final TaskType<ReportRequest, ReportResult> REPORT =
            new TaskType<>("report", ReportRequest.class, ReportResult.class, ReportTask::new);

    private static final List<TaskType<?, ?>> ALL =
            List.of(INSPECT, CALIBRATE, QUANTIZE, TRAIN, EVALUATE, EXPORT, COMPARE, REPORT);

    static TaskType<?, ?> named(String name) {
        return ALL.stream()
                .filter(type -> type.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("There is no task \"" + name + "\"."));
    }
}
