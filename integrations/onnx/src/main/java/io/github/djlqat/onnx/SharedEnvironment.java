package io.github.djlqat.onnx;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;

/** The environment of ONNX Runtime, of which a process has one. */
final class SharedEnvironment {

    private static final String ENGINE = "OnnxRuntime";

    private SharedEnvironment() {}

    /**
     * Returns the environment. DJL's OnnxRuntime engine, if it is on the class path, has to make
     * it: it cannot be loaded any more once there is one.
     */
    static OrtEnvironment get() {
        if (Engine.hasEngine(ENGINE)) {
            Engine.getEngine(ENGINE);
        }
        return OrtEnvironment.getEnvironment();
    }
}
