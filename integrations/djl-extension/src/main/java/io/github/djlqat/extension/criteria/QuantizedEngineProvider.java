package io.github.djlqat.extension.criteria;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/** Registers {@link QuantizedEngine}; it is never chosen by default. */
public final class QuantizedEngineProvider implements EngineProvider {

    /** Creates a provider, as {@link java.util.ServiceLoader} does. */
    public QuantizedEngineProvider() {}

    @Override
    public String getEngineName() {
        return QuantizedEngine.NAME;
    }

    @Override
    public int getEngineRank() {
        return QuantizedEngine.RANK;
    }

    @Override
    public Engine getEngine() {
        return new QuantizedEngine(Engine.getEngine(QuantizedEngine.PYTORCH));
    }
}
