package io.github.djlqat.mixedprecision;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java processes of their own, which may die. */
public final class Forked {

    private Forked() {}

    /**
     * Prepares a process with this one's classes and one thread for computing.
     *
     * @param main the class with the main method
     * @param arguments its arguments
     * @return the process, whose errors go where its output does
     */
    public static ProcessBuilder java(Class<?> main, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path")
                                        .replace(';', File.pathSeparatorChar),
                                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.redirectErrorStream(true);
    }
}
