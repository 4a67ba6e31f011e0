package io.github.djlqat.estimator;

import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.ScriptModule;

/** The estimators' TorchScript source. */
final class Scripts {

    private static final ScriptModule MODULE = new ScriptModule(Scripts.class, "estimators.py");

    private Scripts() {}

    static ScriptMethod method(String name) {
        return new ScriptMethod(MODULE, name);
    }
}
