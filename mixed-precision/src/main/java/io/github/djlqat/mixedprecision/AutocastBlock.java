package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlqat.intercept.DelegatingBlock;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.kernel.Kernels;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model whose matrix products and convolutions compute in low precision.
 *
 * <p>Parameters, their names and the format of saved files are those of the inner block; its arrays
 * stay in single precision, and hold values of the low type where {@code torch.amp} would have an
 * array of it. A gradient that passes such an array is rounded to the type too.
 */
public final class AutocastBlock extends DelegatingBlock implements AutoCloseable {

    private final Kernels kernels;
    private final Float8Scales scales;
    private final InterceptedBlock intercepted;

    /**
     * Wraps a model.
     *
     * @param block the model
     * @param settings the settings
     * @param manager a manager of the engine that runs the model
     * @throws IllegalArgumentException if the block holds a symbolic block, whose operations are
     *     not visible
     */
    public AutocastBlock(Block block, Autocast settings, NDManager manager) {
        this(block, settings, manager, null);
    }

    AutocastBlock(
            Block block, Autocast settings, NDManager manager, @Nullable WeightCopies copies) {
        super(block);
        InterceptedBlock.requireVisible(block);
        this.kernels = Kernels.forManager(manager);
        this.scales =
                new Float8Scales(
                        settings.delayedScaling(), settings.precision().format().maxValue());
        this.intercepted =
                new InterceptedBlock(
                        block, new AutocastInterceptor(settings, kernels, scales, copies));
    }

    /**
     * Returns the histories of FP8 tensors, for a checkpoint: weights by their full names, other
     * operands by their operation.
     *
     * @return the states by name
     */
    public Map<String, AmaxHistoryState> getAmaxHistories() {
        return scales.state();
    }

    /**
     * Continues with the histories of a checkpoint.
     *
     * @param states the states by name
     * @throws IllegalArgumentException if a history is of another length than the settings say
     */
    public void setAmaxHistories(Map<String, AmaxHistoryState> states) {
        scales.restore(states);
    }

    Float8Scales scales() {
        return scales;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        return intercepted.forward(store, inputs, training, params);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList data,
            NDList labels,
            @Nullable PairList<String, Object> params) {
        return intercepted.forward(store, data, labels, params);
    }

    /** Frees the kernels. The model stays usable. */
    @Override
    public void close() {
        kernels.close();
    }
}
