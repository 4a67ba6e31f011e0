package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.TensorKernel;
import io.github.djlqat.mixedprecision.checkpoint.Stateful;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer whose steps are PyTorch's and whose state can be saved and loaded.
 *
 * <p>It takes a place wherever DJL takes an optimizer. A step changes the weight and the state in
 * place and sets the weight's gradient to zero, as DJL's own optimizers do, but so that infinities
 * and NaN do not survive in it. Unlike DJL's, it clips gradients on both sides.
 *
 * <p>The state belongs to the manager of the weights and is freed with them, or by {@link #close}.
 * Weights and gradients are float32 and dense.
 */
public abstract class StatefulOptimizer extends Optimizer implements AutoCloseable {

    private final ParameterTracker learningRateTracker;
    private final @Nullable ParameterGroups groups;
    private final int firstUpdate;
    private final Map<String, ParameterState> states = new ConcurrentHashMap<>();
    private final OwnedKernels kernels = new OwnedKernels();
    private int updates;

    /**
     * Creates an optimizer.
     *
     * @param builder the settings
     */
    StatefulOptimizer(StatefulOptimizerBuilder<?> builder) {
        super(builder);
        learningRateTracker = builder.requireLearningRateTracker();
        groups = builder.groups();
        firstUpdate = builder.beginNumUpdate();
        updates = firstUpdate;
        Settings.requireNotNegative("weight decay", getWeightDecay());
    }

    /** The name that a saved state is recognized by. */
    abstract String kind();

    /** The arrays of the state of a weight. */
    abstract List<Slot> slots(Shape weight);

    /** A step, which takes the weight, the gradient and the arrays of {@link #slots}. */
    abstract TensorKernel kernel(StepContext context, Shape weight);

    /**
     * Makes a step of one parameter.
     *
     * @param parameterId the id of the parameter
     * @param weight the weight, float32; changed in place
     * @param grad the gradient, of the weight's shape
     * @throws IllegalArgumentException if an array is not dense float32, a shape or device does not
     *     fit, the learning rate is negative or not finite, or the parameter groups do not know the
     *     parameter
     * @throws IllegalStateException if a state was loaded that belongs to other weights than these
     */
    @Override
    public final void update(String parameterId, NDArray weight, NDArray grad) {
        ParameterState state =
                states.computeIfAbsent(parameterId, id -> new ParameterState(firstUpdate));
        ParameterState.Arrays arrays = state.on(weight, slots(weight.getShape()));
        int step = arrays.step() + 1;
        int update = Math.max(updates, step);
        TensorKernel kernel = kernel(context(parameterId, step, update), weight.getShape());
        NDList inputs = new NDList(weight, grad);
        inputs.addAll(arrays.list());
        NDManager manager = weight.getManager();
        Kernels fast = kernels.on(manager);
        fast.run(manager, kernel, inputs).close();
        if (weight.hasGradient()) {
            try (NDArray gradient = weight.getGradient()) {
                fast.run(manager, UpdateKernels.CLEAR, new NDList(gradient)).close();
            }
        }
        arrays.advance();
        updates = update;
    }

    private StepContext context(String parameterId, int step, int update) {
        ParameterGroup group = groups == null ? ParameterGroup.DEFAULT : groups.of(parameterId);
        double rate = learningRateTracker.getNewValue(parameterId, update);
        Settings.requireNotNegative("learning rate", rate);
        Double decay = group.weightDecay();
        return new StepContext(
                step,
                rate * group.learningRateFactor(),
                decay == null ? getWeightDecay() : decay,
                rescaleGrad,
                clipGrad);
    }

    /**
     * Returns the state of a block's parameters, which is saved by the parameters' full names. What
     * is not a parameter's state, such as the learning rate and the coefficients of the averages,
     * is configured and not saved.
     *
     * @param block the block that is trained
     * @return the state; it stays connected to this optimizer
     */
    public final Stateful stateOf(Block block) {
        return new OptimizerState(this, block);
    }

    /**
     * Returns the size of the state's arrays on all devices.
     *
     * @return the size in bytes
     */
    public final long getStateBytes() {
        return states.values().stream().mapToLong(ParameterState::bytes).sum();
    }

    /**
     * Returns the number of the last update, which the learning rate follows.
     *
     * @return the greatest number of steps of any parameter
     */
    public final int getNumUpdate() {
        return updates;
    }

    @Nullable ParameterState state(String parameterId) {
        return states.get(parameterId);
    }

    /** Replaces all state. */
    void restore(Map<String, ParameterState> restored, int numUpdate) {
        states.values().forEach(ParameterState::close);
        states.clear();
        states.putAll(restored);
        updates = Math.max(firstUpdate, numUpdate);
    }

    /** Frees the state. The next step starts anew. */
    @Override
    public final void close() {
        restore(Map.of(), firstUpdate);
        kernels.close();
    }

    /** Keeps an array of a state that is made within a scope of the caller. */
    static NDArray kept(NDArray array) {
        NDScope.unregister(array);
        return array;
    }
}
