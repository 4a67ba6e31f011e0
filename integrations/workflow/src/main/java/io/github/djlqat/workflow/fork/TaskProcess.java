package io.github.djlqat.workflow.fork;

import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.workflow.Progress;
import io.github.djlqat.workflow.WorkflowException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that runs a task for {@link ForkedTask}, and ends when the process that asked for it
 * does.
 */
public final class TaskProcess {

    private TaskProcess() {}

    /**
     * Runs a task and ends the process.
     *
     * @param arguments the name of a {@link TaskType}, a file with its request, and the file for
     *     the answer
     * @throws IOException if the request cannot be read or the answer not be written
     */
    public static void main(String[] arguments) throws IOException {
        endWithParent(System.in);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            answer(
                    TaskType.named(arguments[0]),
                    Path.of(arguments[1]),
                    Path.of(arguments[2]),
                    new Printer(out));
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            System.exit(Wire.FAILED);
        }
        System.exit(Wire.ANSWERED);
    }

    /** The parent holds the other end of standard input open as long as it lives. */
    private static void endWithParent(InputStream in) {
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                while (in.read() >= 0) {
                                    // Nothing is said here but the end.
                                }
                            } catch (IOException e) {
                                // As the end is.
                            }
                            Runtime.getRuntime().halt(Wire.FAILED);
                        },
                        "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static <Q, R> void answer(
            TaskType<Q, R> type, Path request, Path answer, Progress progress) throws IOException {
        Q asked = Wire.value(Files.readString(request), type.request());
        Wire.Answer given;
        try {
            R result = type.task().get().run(asked, progress);
            given = new Wire.Answer(Wire.text(result), null);
        } catch (WorkflowException e) {
            given = new Wire.Answer(null, e.getMessage());
        }
        AtomicFile.write(answer, Wire.text(given).getBytes(StandardCharsets.UTF_8));
    }

    /** Prints progress as lines for the parent. */
    private static final class Printer implements Progress {

        private final PrintStream out;
        private final AtomicInteger steps = new AtomicInteger();

        Printer(PrintStream out) {
            this.out = out;
        }

        @Override
        public Step start(String task, long total) {
            int number = steps.getAndIncrement();
            return new Step() {
                @Override
                public void update(long done, String message) {
                    out.println(new Wire.Line(number, task, total, done, message).print());
                }

                @Override
                public void close() {
                    out.println(new Wire.Line(number, task, total, -1, "").print());
                }
            };
        }
    }
}
