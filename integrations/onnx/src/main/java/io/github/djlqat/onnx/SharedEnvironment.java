package io.github.djlqat.onnx;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The environment of ONNX Runtime, of which a process has one. */
final class SharedEnvironment {

    private static final String ENGINE = "OnnxRuntime";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final long STACK_BASE = 1L << 20;
    private static final long STACK_PER_BYTE = 1L << 10;

    private SharedEnvironment() {}

    /**
     * Returns the environment. DJL's OnnxRuntime engine, if it is on the class path, has to make
     * it: it cannot be loaded any more once there is one.
     *
     * <p>On Linux ONNX Runtime 1.29 matches the process's command by a recursion of about 300 bytes
     * of stack for each byte of it, and ends the process where the stack is too small, which a
     * common thread's is for a class path of 4,000 bytes. So it is made by a thread with a stack
     * for the command there is.
     */
    static OrtEnvironment get() {
        FutureTask<OrtEnvironment> making = new FutureTask<>(SharedEnvironment::make);
        long stack = STACK_BASE + STACK_PER_BYTE * commandLineLength();
        Thread maker = new Thread(null, making, "onnxruntime-environment", stack);
        maker.setDaemon(true);
        maker.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return making.get();
                } catch (InterruptedException e) {
                    // What is being made cannot be left half made.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "ONNX Runtime cannot be loaded. Its library is unpacked into "
                            + System.getProperty("java.io.tmpdir")
                            + ", where there has to be room for it.",
                    e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static OrtEnvironment make() {
        if (Engine.hasEngine(ENGINE)) {
            Engine.getEngine(ENGINE);
        }
        return OrtEnvironment.getEnvironment();
    }

    /** Returns the length of the command in bytes, 0 where the system does not tell. */
    private static int commandLineLength() {
        try {
            return Files.exists(COMMAND_LINE) ? Files.readAllBytes(COMMAND_LINE).length : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
