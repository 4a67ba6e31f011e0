package io.github.djlqat.workflow.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.workflow.Calibration;
import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.EvaluateTask;
import io.github.djlqat.workflow.Progress;
import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.WorkflowException;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks in another process do what they do in this one. */
class ForkedTaskTest {

    @TempDir private Path folder;

    private final List<String> steps = new ArrayList<>();
    private final List<String> printed = new ArrayList<>();

    private ForkedTask fork() {
        List<Path> classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList();
        List<String> options =
                List.of(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dai.djl.pytorch.graph_optimizer=false");
        return new ForkedTask(ForkedTask.currentJava(), classPath, options);
    }

    private static Path resource(String name) throws Exception {
        return Path.of(ForkedTaskTest.class.getResource(name).toURI());
    }

    private Progress recording() {
        return (task, total) ->
                new Progress.Step() {
                    @Override
                    public void update(long done, String message) {
                        steps.add(task + " " + done + "/" + total);
                    }

                    @Override
                    public void close() {
                        steps.add(task + " over");
                    }
                };
    }

    @Test
    void quantizesInAnotherProcessAndShowsItsProgress() throws Exception {
        QuantizeRequest request =
                new QuantizeRequest(
                        ModelSource.of(resource("classifier.pt")),
                        "int8",
                        DataSource.of(resource("samples.npz")),
                        new Calibration(32, 64),
                        folder.resolve("int8.pt"));
        QuantizeResult result = fork().run(TaskType.QUANTIZE, request, recording(), printed::add);
        assertThat(result.samples()).isEqualTo(64);
        Path output = folder.resolve("int8.pt");
        assertThat(result.outputBytes()).isEqualTo(Files.size(output)).isPositive();
        assertThat(steps).isNotEmpty();
        assertThat(steps.get(steps.size() - 1)).endsWith(" over");
        assertThat(steps).anyMatch(step -> step.matches(".* 2/2"));
        assertThat(String.join("\n", printed)).doesNotContain("@progress");

        EvaluateRequest evaluate =
                new EvaluateRequest(
                        ModelSource.of(output),
                        DataSource.of(resource("samples.npz")),
                        32,
                        null,
                        null,
                        null,
                        0,
                        null);
        EvaluateResult there = fork().run(TaskType.EVALUATE, evaluate, Progress.NONE, line -> {});
        EvaluateResult here = new EvaluateTask().run(evaluate, Progress.NONE);
        assertThat(there.value()).isEqualTo(here.value()).isGreaterThan(0.9);
        assertThat(there.samples()).isEqualTo(256);
    }

    @Test
    void tellsAMistakeAsTheTaskDoes() {
        QuantizeRequest request =
                new QuantizeRequest(
                        ModelSource.of(Path.of("none.pt")),
                        "int8",
                        null,
                        Calibration.DEFAULT,
                        folder.resolve("out.pt"));
        assertThatThrownBy(() -> fork().run(TaskType.QUANTIZE, request, Progress.NONE, line -> {}))
                .isInstanceOf(WorkflowException.class)
                .hasMessageContaining("none.pt")
                .hasMessageNotContaining("status");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tellsWhatAProcessSaidThatEndsOnItsOwn() {
        ForkedTask broken = new ForkedTask(ForkedTask.currentJava(), List.of(folder), List.of());
        assertThatThrownBy(
                        () ->
                                broken.run(
                                        TaskType.EXPORT,
                                        new io.github.djlqat.workflow.ExportRequest(
                                                ModelSource.of(folder), null, folder),
                                        Progress.NONE,
                                        printed::add))
                .isInstanceOf(WorkflowException.class)
                .hasMessageContaining("status 1")
                .hasMessageContaining(TaskProcess.class.getSimpleName());
        assertThat(printed).anyMatch(line -> line.contains(TaskProcess.class.getSimpleName()));
    }

    @Test
    void anInterruptionEndsTheProcess() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        QuantizeRequest request =
                new QuantizeRequest(
                        ModelSource.of(resource("classifier.pt")),
                        "int8",
                        DataSource.of(resource("samples.npz")),
                        new Calibration(1, 256),
                        folder.resolve("int8.pt"));
        long before = children();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                fork().run(TaskType.QUANTIZE, request, Progress.NONE, line -> {});
                            } catch (Throwable e) {
                                thrown.set(e);
                            }
                        });
        caller.start();
        while (children() == before && caller.isAlive()) {
            Thread.sleep(5);
        }
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        assertThat(children()).isEqualTo(before);
        assertThat(folder).isEmptyDirectory();
    }

    private static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }
}
