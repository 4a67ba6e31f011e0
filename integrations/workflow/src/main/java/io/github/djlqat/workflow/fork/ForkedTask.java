package io.github.djlqat.workflow.fork;

import io.github.djlqat.workflow.Progress;
import io.github.djlqat.workflow.WorkflowException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task in a Java process of its own.
 *
 * @param java the executable of a JVM of Java 17 or later
 * @param classPath the class path: this library with what it depends on, the engine's natives, and
 *     the user's classes
 * @param jvmOptions options of the JVM, such as {@code -Xmx4g}
 */
public record ForkedTask(Path java, List<Path> classPath, List<String> jvmOptions) {

    private static final List<String> QUIET =
            List.of(
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-Dorg.slf4j.simpleLogger.log.ai.djl.util.cuda=error");
    private static final int KEPT_LINES = 20;
    private static final long GRACE_SECONDS = 5;

    /**
     * Copies the lists.
     *
     * @param java the executable of a JVM of Java 17 or later
     * @param classPath the class path: this library with what it depends on, the engine's natives,
     *     and the user's classes
     * @param jvmOptions options of the JVM, such as {@code -Xmx4g}
     */
    public ForkedTask {
        classPath = List.copyOf(classPath);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * Creates a task whose process logs warnings and errors only, as the log of a build wants it.
     *
     * @param java the executable of a JVM of Java 17 or later
     * @param classPath the class path, as of the constructor, with SLF4J's simple logger
     * @param jvmOptions further options of the JVM, which win
     * @return the task
     */
    public static ForkedTask quiet(Path java, List<Path> classPath, List<String> jvmOptions) {
        List<String> options = new ArrayList<>(QUIET);
        options.addAll(jvmOptions);
        return new ForkedTask(java, classPath, options);
    }

    /**
     * Returns the executable of the JVM that runs this code.
     *
     * @return its path
     */
    public static Path currentJava() {
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        Path windows = bin.resolve("java.exe");
        return Files.exists(windows) ? windows : bin.resolve("java");
    }

    /**
     * Runs a task and waits for it.
     *
     * @param <Q> what is asked for
     * @param <R> what comes of it
     * @param type the task
     * @param request what is asked for
     * @param progress where progress is shown
     * @param log takes the lines that the process prints otherwise
     * @return what came of it
     * @throws WorkflowException if something is wrong with what the user gave, or the process
     *     cannot be started or ends without an answer; the message holds its last lines then
     * @throws CancellationException if this thread is interrupted; the process is ended first
     */
    public <Q, R> R run(TaskType<Q, R> type, Q request, Progress progress, Consumer<String> log) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("djl-qat");
            return run(type, request, progress, log, folder);
        } catch (IOException e) {
            throw new WorkflowException(
                    "The task " + type.name() + " could not be run: " + e.getMessage(), e);
        } finally {
            delete(folder);
        }
    }

    private <Q, R> R run(
            TaskType<Q, R> type, Q request, Progress progress, Consumer<String> log, Path folder)
            throws IOException {
        Path asked = Files.writeString(folder.resolve("request.json"), Wire.text(request));
        Path answer = folder.resolve("answer.json");
        // A class path is longer than what some systems take as a command.
        Path options = Files.writeString(folder.resolve("options"), options());
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(jvmOptions);
        command.add("@" + options);
        command.add(TaskProcess.class.getName());
        command.addAll(List.of(type.name(), asked.toString(), answer.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Deque<String> last = new ArrayDeque<>();
        try {
            Thread reader = reader(process, new Steps(progress), log, last);
            int status = process.waitFor();
            reader.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
            if (status != Wire.ANSWERED || !Files.exists(answer)) {
                throw new WorkflowException(ended(type, status, last));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The task " + type.name() + " was interrupted.");
        } finally {
            end(process);
        }
        Wire.Answer given = Wire.value(Files.readString(answer), Wire.Answer.class);
        if (given.result() == null) {
            throw new WorkflowException(String.valueOf(given.mistake()));
        }
        return Wire.value(given.result(), type.result());
    }

    private String options() {
        String path =
                classPath.stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
        return "-cp\n\"" + path.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
    }

    private static Thread reader(
            Process process, Steps steps, Consumer<String> log, Deque<String> last) {
        Thread thread =
                new Thread(
                        () -> {
                            try (BufferedReader lines =
                                    new BufferedReader(
                                            new InputStreamReader(
                                                    process.getInputStream(),
                                                    StandardCharsets.UTF_8))) {
                                for (String line = lines.readLine();
                                        line != null;
                                        line = lines.readLine()) {
                                    if (!steps.show(line)) {
                                        keep(last, line);
                                        log.accept(line);
                                    }
                                }
                            } catch (IOException e) {
                                // The process was ended.
                            } finally {
                                steps.close();
                            }
                        },
                        "djl-qat-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void keep(Deque<String> last, String line) {
        synchronized (last) {
            last.add(line);
            if (last.size() > KEPT_LINES) {
                last.remove();
            }
        }
    }

    private static String ended(TaskType<?, ?> type, int status, Deque<String> last) {
        synchronized (last) {
            return "The process of the task "
                    + type.name()
                    + " ended with status "
                    + status
                    + (last.isEmpty() ? "." : ":\n" + String.join("\n", last));
        }
    }

    private static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException | UncheckedIOException e) {
            // A folder of temporary files may stay.
        }
    }

    /** The steps that the process has begun, by their numbers. */
    private static final class Steps {

        private final Progress progress;
        private final Map<Integer, Progress.Step> open = new HashMap<>();

        Steps(Progress progress) {
            this.progress = progress;
        }

        boolean show(String printed) {
            Wire.Line line = Wire.Line.parse(printed);
            if (line == null) {
                return false;
            }
            if (line.done() < 0) {
                Progress.Step step = open.remove(line.step());
                if (step != null) {
                    step.close();
                }
            } else {
                open.computeIfAbsent(
                                line.step(), number -> progress.start(line.task(), line.total()))
                        .update(line.done(), line.message());
            }
            return true;
        }

        void close() {
            open.values().forEach(Progress.Step::close);
        }
    }
}
