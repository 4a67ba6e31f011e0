package io.github.djlqat.mixedprecision;

import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.ScriptModule;

/** This module's TorchScript source. */
final class Scripts {

    private static final ScriptModule MODULE =
            new ScriptModule(Scripts.class, "mixed_precision.py");

    private Scripts() {}

    static ScriptMethod method(String name) {
        return new ScriptMethod(MODULE, name);
    }
}
