package io.github.djlqat.graph;

import io.github.djlqat.intercept.ForwardPass;
import java.lang.StackWalker.StackFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The line of a model's code that runs an operation. */
final class CallingCode {

    private static final List<String> INTERCEPTION =
            List.of(
                    "java.lang.reflect.",
                    "jdk.internal.reflect.",
                    "jdk.proxy",
                    "com.sun.proxy.",
                    "io.github.djlqat.intercept.",
                    CallingCode.class.getName(),
                    RecordingInterceptor.class.getName());
    private static final List<String> LIBRARIES = List.of("ai.djl.", "java.", "jdk.");

    private CallingCode() {}

    /**
     * Returns the innermost frame of the running forward pass that belongs neither to DJL nor to
     * the platform, or the innermost one of DJL where the model is made of DJL's blocks only.
     */
    static @Nullable StackTraceElement find() {
        List<StackFrame> frames =
                StackWalker.getInstance()
                        .walk(
                                all ->
                                        all.takeWhile(frame -> !isStart(frame))
                                                .filter(frame -> !starts(frame, INTERCEPTION))
                                                .toList());
        return frames.stream()
                .filter(frame -> !starts(frame, LIBRARIES))
                .findFirst()
                .or(() -> frames.stream().findFirst())
                .map(StackFrame::toStackTraceElement)
                .orElse(null);
    }

    /** Writes a frame as {@code package.Class.method(File.java:31)}. */
    static String format(StackTraceElement frame) {
        return frame.getClassName()
                + "."
                + frame.getMethodName()
                + "("
                + frame.getFileName()
                + ":"
                + frame.getLineNumber()
                + ")";
    }

    private static boolean isStart(StackFrame frame) {
        return frame.getClassName().equals(ForwardPass.class.getName())
                && frame.getMethodName().equals("run");
    }

    private static boolean starts(StackFrame frame, List<String> prefixes) {
        return prefixes.stream().anyMatch(frame.getClassName()::startsWith);
    }
}
