package io.github.djlqat.onnx;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The environment of ONNX Runtime, of which a process has one. */
final class SharedEnvironment {

    private static final String ENGINE = "OnnxRuntime";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final int LONGEST_COMMAND_LINE = 3900;

    private SharedEnvironment() {}

    /**
     * Returns the environment. DJL's OnnxRuntime engine, if it is on the class path, has to make
     * it: it cannot be loaded any more once there is one.
     *
     * @throws IllegalStateException if the process was started by so long a command that ONNX
     *     Runtime would end it
     */
    static OrtEnvironment get() {
        requireLegal(commandLineLength());
        if (Engine.hasEngine(ENGINE)) {
            Engine.getEngine(ENGINE);
        }
        return OrtEnvironment.getEnvironment();
    }

    /** On Linux ONNX Runtime 1.29 ends with SIGSEGV at commands of about 4,000 bytes and more. */
    static void requireLegal(int commandLineLength) {
        if (commandLineLength > LONGEST_COMMAND_LINE) {
            throw new IllegalStateException(
                    "ONNX Runtime would end this process, whose command has "
                            + commandLineLength
                            + " bytes; legal are "
                            + LONGEST_COMMAND_LINE
                            + " at most. Give a long class path by the environment variable CLASSPATH"
                            + " or in a file of arguments (java @FILE).");
        }
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
