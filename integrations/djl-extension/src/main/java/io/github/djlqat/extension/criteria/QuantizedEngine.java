package io.github.djlqat.extension.criteria;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.GradientCollector;
import org.jspecify.annotations.Nullable;

/**
 * DJL's PyTorch engine, whose models read this package's options when they are loaded, and
 * implement {@link Model#quantize()}: it rounds their weights to 8 bits. Arrays and managers are
 * those of the PyTorch engine itself.
 */
public final class QuantizedEngine extends Engine {

    /** The name to ask for, as in {@code Criteria.builder().optEngine(QuantizedEngine.NAME)}. */
    public static final String NAME = "QuantizedPyTorch";

    static final String PYTORCH = "PyTorch";

    /** DJL takes an engine of a smaller rank than the greatest one only. */
    static final int RANK = Integer.MAX_VALUE;

    private final Engine engine;

    QuantizedEngine(Engine engine) {
        this.engine = engine;
    }

    @Override
    public Model newModel(@Nullable String name, @Nullable Device device) {
        return new QuantizedModel(engine.newModel(name, device));
    }

    @Override
    public @Nullable Engine getAlternativeEngine() {
        return engine.getAlternativeEngine();
    }

    @Override
    public String getEngineName() {
        return NAME;
    }

    @Override
    public int getRank() {
        return RANK;
    }

    @Override
    public String getVersion() {
        return engine.getVersion();
    }

    @Override
    public boolean hasCapability(String capability) {
        return engine.hasCapability(capability);
    }

    @Override
    public SymbolBlock newSymbolBlock(NDManager manager) {
        return engine.newSymbolBlock(manager);
    }

    @Override
    public NDManager newBaseManager() {
        return engine.newBaseManager();
    }

    @Override
    public NDManager newBaseManager(@Nullable Device device) {
        return engine.newBaseManager(device);
    }

    @Override
    public GradientCollector newGradientCollector() {
        return engine.newGradientCollector();
    }

    @Override
    public void setRandomSeed(int seed) {
        engine.setRandomSeed(seed);
    }
}
