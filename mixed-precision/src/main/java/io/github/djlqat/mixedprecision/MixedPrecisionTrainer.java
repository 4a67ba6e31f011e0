package io.github.djlqat.mixedprecision;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.UninitializedParameterException;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterServer;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.Pair;
import io.github.djlqat.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * DJL's {@link Trainer} in mixed precision: parameters and optimizer stay in single precision, the
 * loss is scaled, gradients are accumulated, checked and clipped.
 *
 * <p>It is used as DJL's own, by {@code EasyTrain.fit} or by hand: each batch is a forward, a
 * backward through a collector of {@link #newGradientCollector()}, and a {@link #step()}. The model
 * itself is not changed, and what is saved of it are its single-precision parameters.
 */
public final class MixedPrecisionTrainer extends Trainer {

    private final MixedPrecision settings;
    private final Optimizer optimizer;
    private final ParameterStore store;
    private final Block block;
    private final @Nullable AutocastBlock autocast;
    private final WeightCopies copies;
    private boolean copiesHaveGradients;
    private final MixedPrecisionState state;
    private Map<String, float[]> pending = Map.of();
    private @Nullable Kernels kernels;
    private LossScalerState scaler;
    private @Nullable StepReport lastStep;
    private volatile boolean backwardSeen;
    private volatile boolean collecting;
    private int batches;
    private long steps;

    /**
     * Creates a trainer.
     *
     * @param model the model, whose block is set
     * @param config the configuration, as of DJL's trainer
     * @param settings the settings of mixed precision
     */
    public MixedPrecisionTrainer(Model model, TrainingConfig config, MixedPrecision settings) {
        this(model, config, settings, new MixedPrecisionState());
    }

    /**
     * Creates a trainer whose state is saved in checkpoints.
     *
     * @param model the model, whose block is set
     * @param config the configuration, as of DJL's trainer
     * @param settings the settings of mixed precision
     * @param state the state, which this trainer goes on from
     * @throws IllegalArgumentException if a checkpoint was loaded that was saved under other
     *     settings
     * @throws IllegalStateException if the state is another trainer's
     */
    @SuppressWarnings("this-escape")
    public MixedPrecisionTrainer(
            Model model,
            TrainingConfig config,
            MixedPrecision settings,
            MixedPrecisionState state) {
        super(model, config);
        this.settings = settings;
        this.optimizer = config.getOptimizer();
        this.block = model.getBlock();
        this.copies = new WeightCopies(getManager());
        this.autocast =
                settings.autocast().precision() == Precision.FLOAT32
                        ? null
                        : new AutocastBlock(block, settings.autocast(), getManager(), copies);
        this.scaler = settings.lossScaling().initialState();
        this.store = new ParameterStore(getManager(), false);
        store.setParameterServer(new NoServer(), getDevices());
        this.state = state;
        state.attach(this);
    }

    /** Makes a store keep a copy of each parameter on every device; the trainer updates them. */
    private static final class NoServer implements ParameterServer {
        @Override
        public void init(String parameterId, NDArray[] value) {}

        @Override
        public void update(String parameterId, NDArray[] grads, NDArray[] params) {
            throw new IllegalStateException("Parameters are updated by the trainer's step.");
        }

        @Override
        public void close() {}
    }

    @Override
    public void initialize(Shape... shapes) {
        Model model = getModel();
        block.initialize(model.getNDManager(), model.getDataType(), shapes);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            for (Device device : getDevices()) {
                try {
                    store.getValue(pair.getValue(), device, true);
                } catch (UninitializedParameterException e) {
                    throw new IllegalStateException(
                            "The block did not initialize its parameter " + pair.getKey() + ".", e);
                }
            }
        }
    }

    /**
     * Returns a collector that multiplies losses by the loss scale, and divides them by the number
     * of batches that gradients accumulate over.
     *
     * @return the collector
     */
    @Override
    public GradientCollector newGradientCollector() {
        if (!pending.isEmpty()) {
            restoreGradients();
        }
        float factor = scaler.scale() / settings.accumulationSteps();
        GradientCollector collector = super.newGradientCollector();
        collecting = true;
        return new ScaledGradientCollector(
                collector, factor, () -> backwardSeen = true, () -> collecting = false);
    }

    private void restoreGradients() {
        try (GradientCollector collector = super.newGradientCollector()) {
            PendingGradients.restore(collector, getManager(), parameters(), pending);
        }
        pending = Map.of();
    }

    private List<TrainedParameter> parameters() {
        return TrainedParameter.of(block, store, getDevices());
    }

    @Override
    public NDList forward(NDList input) {
        long begin = System.nanoTime();
        try {
            return computing(true).forward(store, input, true);
        } finally {
            addMetric("forward", begin);
        }
    }

    @Override
    public NDList forward(NDList data, NDList labels) {
        long begin = System.nanoTime();
        try {
            return computing(true).forward(store, data, labels, null);
        } finally {
            addMetric("forward", begin);
        }
    }

    @Override
    public NDList evaluate(NDList input) {
        return computing(false).forward(store, input, false);
    }

    private Block computing(boolean training) {
        // A copy that was made where no gradients are collected has none. And weights may have been
        // exchanged between training and evaluation, as for averaged ones.
        boolean gradients = training && collecting;
        if (gradients != copiesHaveGradients) {
            copies.clear();
            copiesHaveGradients = gradients;
        }
        return autocast == null ? block : autocast;
    }

    /** Returns the low-precision copies of the weights that are kept now. */
    NDList weightCopies() {
        return copies.all();
    }

    /**
     * Forgets the low-precision copies of the weights, which are otherwise kept until the next
     * step. Needed after weights have been written other than by this trainer, in the middle of
     * training or of evaluation.
     */
    public void clearWeightCopies() {
        copies.clear();
    }

    /**
     * Updates the parameters, once enough batches have been accumulated.
     *
     * <p>Where losses are scaled or gradients clipped by norm, a step with an infinite or NaN
     * gradient is skipped: parameters and optimizer stay as they are, and gradients become zero.
     *
     * @throws IllegalStateException if no backward has gone through this trainer's collector since
     *     the last call
     */
    @Override
    public void step() {
        if (!backwardSeen) {
            throw new IllegalStateException(
                    "There is no gradient to step with: call backward on a collector from this trainer's"
                            + " newGradientCollector() first.");
        }
        backwardSeen = false;
        batches++;
        if (batches < settings.accumulationSteps()) {
            return;
        }
        batches = 0;
        long begin = System.nanoTime();
        StepReport report = update();
        addMetric("step", begin);
        lastStep = report;
        settings.stepListener().accept(report);
    }

    private StepReport update() {
        steps++;
        float scale = scaler.scale();
        boolean checked =
                settings.lossScaling().isEnabled()
                        || !Double.isInfinite(settings.maxGradientNorm());
        List<TrainedParameter> parameters = parameters();
        try (StepGradients gradients = new StepGradients(getManager(), parameters)) {
            String nonFinite = checked ? gradients.firstNonFinite() : null;
            double norm = checked ? gradients.norm() / scale : Double.NaN;
            if (nonFinite == null) {
                gradients.scale(1.0 / scale, norm, settings.maxGradientNorm());
                if (!Float.isInfinite(settings.maxGradientValue())) {
                    gradients.clip(settings.maxGradientValue());
                }
                gradients.update(optimizer);
            } else {
                GradientReset.reset(kernels(), getManager(), parameters);
            }
            endStep();
            scaler = settings.lossScaling().next(scaler, nonFinite == null);
            return new StepReport(steps, scale, norm, nonFinite);
        }
    }

    private void endStep() {
        copies.clear();
        if (autocast != null) {
            autocast.scales().endStep();
        }
    }

    /** Returns what training goes on from. */
    TrainerState state() {
        boolean complete = batches == 0;
        Map<String, float[]> gradients =
                complete
                        ? Map.of()
                        : pending.isEmpty()
                                ? PendingGradients.save(getManager(), parameters())
                                : pending;
        return new TrainerState(
                scaler,
                steps,
                batches,
                getAmaxHistories(),
                autocast == null ? Map.of() : autocast.scales().stepScales(),
                gradients);
    }

    /** Goes on from a state. */
    void restore(TrainerState state) {
        if (state.batches() >= settings.accumulationSteps()) {
            throw new IllegalArgumentException(
                    "The checkpoint was saved after "
                            + state.batches()
                            + " batches of a step; a step has "
                            + settings.accumulationSteps()
                            + " here.");
        }
        setAmaxHistories(state.histories());
        if (autocast != null) {
            autocast.scales().restoreStep(state.stepScales());
        }
        scaler = state.scaler();
        steps = state.steps();
        batches = state.batches();
        pending = state.gradients();
    }

    private Kernels kernels() {
        Kernels known = kernels;
        if (known == null) {
            known = Kernels.forManager(getManager());
            kernels = known;
        }
        return known;
    }

    /**
     * Returns the settings.
     *
     * @return the settings
     */
    public MixedPrecision getSettings() {
        return settings;
    }

    /**
     * Returns the state of the loss scaler, for a checkpoint.
     *
     * @return the state before the next step
     */
    public LossScalerState getLossScalerState() {
        return scaler;
    }

    /**
     * Continues with a state from a checkpoint.
     *
     * @param state the state
     */
    public void setLossScalerState(LossScalerState state) {
        this.scaler = state;
    }

    /**
     * Returns the histories of FP8 tensors, for a checkpoint.
     *
     * @return the states by name, empty in other precisions
     */
    public Map<String, AmaxHistoryState> getAmaxHistories() {
        return autocast == null ? Map.of() : autocast.getAmaxHistories();
    }

    /**
     * Continues with the histories of a checkpoint.
     *
     * @param states the states by name
     * @throws IllegalArgumentException if there are some although the precision is single, or one
     *     is of another length than the settings say
     */
    public void setAmaxHistories(Map<String, AmaxHistoryState> states) {
        if (autocast != null) {
            autocast.setAmaxHistories(states);
        } else if (!states.isEmpty()) {
            throw new IllegalArgumentException(
                    "Training in single precision has no FP8 tensors such as "
                            + states.keySet().iterator().next()
                            + ".");
        }
    }

    /**
     * Returns what became of the last step.
     *
     * @return the report, or empty before the first step
     */
    public Optional<StepReport> getLastStep() {
        return Optional.ofNullable(lastStep);
    }

    /**
     * Returns the number of steps so far, skipped ones included.
     *
     * @return the number of optimizer steps
     */
    public long getSteps() {
        return steps;
    }

    /**
     * Returns how many batches have been accumulated since the last step.
     *
     * @return the number of batches
     */
    public int getAccumulatedBatches() {
        return batches;
    }

    @Override
    public void close() {
        if (getManager().isOpen()) {
            state.release(state());
            store.sync();
        }
        Kernels known = kernels;
        if (known != null) {
            known.close();
            kernels = null;
        }
        if (autocast != null) {
            autocast.close();
        }
        super.close();
    }
}
