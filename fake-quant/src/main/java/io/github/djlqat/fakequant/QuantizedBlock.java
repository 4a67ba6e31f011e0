package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.intercept.DelegatingBlock;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A model prepared by a recipe: its forward rounds weights and activations to the recipe's formats,
 * in training with the straight-through gradient.
 *
 * <p>The inner block and its parameters are the model's own. The quantizers are one more child,
 * named {@code quantization}. Saved parameters begin with those of the inner block, so that the
 * plain model loads the same file.
 */
public final class QuantizedBlock extends DelegatingBlock {

    private static final int TRAILER = 0x444A4C51;
    private static final byte VERSION = 2;

    private final Recipe recipe;
    private final List<Graph> graphs;
    private final QuantizationPlan plan;
    private final Quantizers quantizers;
    private final InterceptedBlock training;
    private final InterceptedBlock frozen;
    private final AtomicLong steps = new AtomicLong();
    private volatile WeightShare share = WeightShare.ALL;
    private volatile boolean batchNormFrozen;
    private volatile boolean observersFrozen;

    QuantizedBlock(
            Block block,
            Recipe recipe,
            List<Graph> graphs,
            QuantizationPlan plan,
            NDManager manager) {
        super(block);
        this.recipe = recipe;
        this.graphs = graphs;
        this.plan = plan;
        this.quantizers = new Quantizers(plan, manager);
        this.training =
                new InterceptedBlock(
                        block, new QuantizeInterceptor(plan, quantizers, () -> share, false));
        this.frozen =
                training.withInterceptors(
                        List.of(new QuantizeInterceptor(plan, quantizers, () -> share, true)));
    }

    /**
     * Returns the recipe the model was prepared by.
     *
     * @return the recipe
     */
    public Recipe getRecipe() {
        return recipe;
    }

    /**
     * Returns the quantizers by name: the full name of the weight, or the operation whose result is
     * quantized.
     *
     * @return an unmodifiable map in the order of execution
     */
    public Map<String, FakeQuantize> getQuantizers() {
        return quantizers.byName();
    }

    /**
     * Computes how well a weight's codes stand for it now. The weight is read as its quantizer sees
     * it, with a BatchNorm folded in; nothing is changed.
     *
     * @param quantizer the name of a quantizer
     * @return the statistics, or empty for an activation's quantizer and one without scales yet
     * @throws IllegalArgumentException if there is no quantizer of the name
     */
    public Optional<WeightStatistics> getWeightStatistics(String quantizer) {
        FakeQuantize known = quantizers.byName().get(quantizer);
        if (known == null) {
            throw new IllegalArgumentException("The model has no quantizer " + quantizer + ".");
        }
        Parameter weight = weight(quantizer);
        if (weight == null || known.isDynamic() || !known.isCalibrated()) {
            return Optional.empty();
        }
        return Optional.of(
                WeightStatistics.of(
                        weight, plan.uses(quantizer).get(0), known.currentParameters()));
    }

    /**
     * Returns whether a quantizer is a weight's.
     *
     * @param quantizer the name of a quantizer
     * @return false for an activation's, and where there is none of the name
     */
    public boolean isWeightQuantizer(String quantizer) {
        return weight(quantizer) != null;
    }

    private @Nullable Parameter weight(String quantizer) {
        for (QuantizerPlan entry : plan.quantizers()) {
            if (entry.name().equals(quantizer)) {
                return entry.weight();
            }
        }
        return null;
    }

    /**
     * Returns the names of the quantized layers.
     *
     * @return the names in order of execution
     */
    public List<String> getQuantizedLayers() {
        return plan.layers();
    }

    /**
     * Returns the number of training forwards so far; the recipe's schedule counts them.
     *
     * @return the number of training steps
     */
    public long getSteps() {
        return steps.get();
    }

    /**
     * Makes the BatchNorms that are folded into layers use and keep their running statistics in
     * training, whatever the recipe's schedule says.
     */
    public void freezeBatchNorm() {
        batchNormFrozen = true;
    }

    /** Makes all observers keep what they have seen, whatever the recipe's schedule says. */
    public void freezeObservers() {
        observersFrozen = true;
        quantizers.byName().values().forEach(quantizer -> quantizer.setObserving(false));
    }

    QuantizationPlan plan() {
        return plan;
    }

    /** Returns the values that a weight is rounded to. */
    float[] rounded(Parameter weight, FormatUse use) {
        NDArray array = weight.getArray();
        try (NDManager scope = array.getManager().newSubManager()) {
            return new FormatRounding(quantizers.kernels()).round(scope, array, use).toFloatArray();
        }
    }

    /** Returns the values that a published method rounds a weight to. */
    float[] estimated(Parameter weight, String name) {
        NDArray array = weight.getArray();
        EstimatorQuantize estimator = Objects.requireNonNull(estimators().get(name), name);
        try (NDManager scope = array.getManager().newSubManager()) {
            return estimator
                    .apply(new ParameterStore(scope, false), scope, array, false)
                    .toFloatArray();
        }
    }

    Map<String, EstimatorQuantize> estimators() {
        return quantizers.estimators();
    }

    /** Weights are there already; activations wait for data. */
    void calibrateEstimatedWeights() {
        Map<String, Parameter> parameters = new HashMap<>();
        for (Pair<String, Parameter> pair : getBlock().getParameters()) {
            parameters.put(pair.getKey(), pair.getValue());
        }
        for (EstimatorQuantize estimator : estimators().values()) {
            Parameter weight = parameters.get(estimator.getName());
            if (estimator.plan().weight() && weight != null) {
                estimator.calibrate(estimator.firstValues(weight.getArray()));
            }
        }
    }

    List<Graph> graphs() {
        return graphs;
    }

    /** Returns the inner block under an interceptor of the caller's. */
    InterceptedBlock intercepted(Interceptor interceptor) {
        return training.withInterceptors(List.of(interceptor));
    }

    /** Returns the inner block, quantized as in inference, under a probe. */
    InterceptedBlock probed(Probe probe) {
        return training.withInterceptors(
                List.of(new QuantizeInterceptor(plan, quantizers, () -> share, true, probe)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean isTraining,
            @Nullable PairList<String, Object> params) {
        return chain(isTraining).forward(store, inputs, isTraining, params);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList data,
            NDList labels,
            @Nullable PairList<String, Object> params) {
        return chain(true).forward(store, data, labels, params);
    }

    private Block chain(boolean isTraining) {
        TrainingOptions options = recipe.training();
        if (!isTraining) {
            boolean waiting = steps.get() <= options.quantizeAfter() && !isCalibrated();
            return waiting && options.quantizeAfter() > 0 ? getBlock() : training;
        }
        long step = steps.getAndIncrement();
        if (step < options.quantizeAfter()) {
            return getBlock();
        }
        if (step == options.quantizeAfter() && step > 0) {
            // What was chosen before is that of other weights.
            quantizers.byName().values().forEach(FakeQuantize::beginAgain);
            estimators().values().forEach(EstimatorQuantize::beginAgain);
        }
        share = new WeightShare(options.shareAt(step), options.seed(), step);
        if (!observersFrozen && isPast(step, options.freezeObserversAfter())) {
            freezeObservers();
        }
        if (!batchNormFrozen && isPast(step, options.freezeBatchNormAfter())) {
            freezeBatchNorm();
        }
        return batchNormFrozen ? frozen : training;
    }

    private boolean isCalibrated() {
        return quantizers.byName().values().stream().allMatch(FakeQuantize::isCalibrated)
                && estimators().values().stream().allMatch(EstimatorQuantize::isCalibrated);
    }

    private static boolean isPast(long step, long limit) {
        return limit >= 0 && step >= limit;
    }

    @Override
    public BlockList getChildren() {
        BlockList children = new BlockList();
        children.addAll(getBlock().getChildren());
        children.add("quantization", quantizers);
        return children;
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... shapes) {
        super.initialize(manager, dataType, shapes);
        // Gradients are attached when parameters are initialized, which a trainer asks for once
        // more.
        quantizers
                .getParameters()
                .forEach(pair -> pair.getValue().initialize(manager, DataType.FLOAT32));
    }

    @Override
    public void clear() {
        super.clear();
        quantizers.clear();
    }

    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        super.saveParameters(os);
        os.writeInt(TRAILER);
        os.writeByte(VERSION);
        os.writeLong(steps.get());
        os.writeBoolean(batchNormFrozen);
        os.writeBoolean(observersFrozen);
        os.writeInt(quantizers.byName().size());
        for (Map.Entry<String, FakeQuantize> entry : quantizers.byName().entrySet()) {
            os.writeUTF(entry.getKey());
            os.writeUTF(entry.getValue().getRecipe().scheme().toString());
            entry.getValue().saveParameters(os);
        }
        os.writeInt(estimators().size());
        for (Map.Entry<String, EstimatorQuantize> entry : estimators().entrySet()) {
            os.writeUTF(entry.getKey());
            os.writeUTF(entry.getValue().getRecipe().toString());
            entry.getValue().saveParameters(os);
        }
    }

    /**
     * Loads the model's parameters and the quantizers behind them. A file that the plain model
     * saved leaves the quantizers as they are, and so does a file that cannot be read the whole
     * block.
     *
     * @throws MalformedModelException if the file ends early, or was saved by another model or one
     *     that was prepared in another way
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        LoadTransaction transaction = new LoadTransaction(getParameters());
        Map<FakeQuantize, FakeQuantize.State> states = new IdentityHashMap<>();
        quantizers.byName().values().forEach(q -> states.put(q, q.state()));
        Map<EstimatorQuantize, EstimatorQuantize.State> learned = new IdentityHashMap<>();
        estimators().values().forEach(e -> learned.put(e, e.state()));
        try {
            super.loadParameters(manager, is);
            transaction.requireSameShapes();
            loadQuantizers(transaction, manager, is);
        } catch (EOFException | BufferUnderflowException | IllegalArgumentException e) {
            rollBack(transaction, states, learned, manager);
            throw new MalformedModelException(
                    e instanceof EOFException
                            ? "The file of parameters ends before the last one."
                            : "The file of parameters cannot be read: " + e.getMessage(),
                    e);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            rollBack(transaction, states, learned, manager);
            throw e;
        }
    }

    private static void rollBack(
            LoadTransaction transaction,
            Map<FakeQuantize, FakeQuantize.State> states,
            Map<EstimatorQuantize, EstimatorQuantize.State> learned,
            NDManager manager) {
        transaction.rollBack(manager);
        states.forEach(FakeQuantize::restore);
        learned.forEach(EstimatorQuantize::restore);
    }

    private void loadQuantizers(LoadTransaction transaction, NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        int first = is.read();
        if (first < 0) {
            return;
        }
        int magic = first << 24 | is.readUnsignedByte() << 16 | is.readUnsignedShort();
        byte version = magic == TRAILER ? is.readByte() : -1;
        if (version != VERSION) {
            throw new MalformedModelException(
                    "What follows the model's parameters is no quantization state that can be read.");
        }
        long savedSteps = is.readLong();
        boolean savedBatchNormFrozen = is.readBoolean();
        boolean savedObserversFrozen = is.readBoolean();
        int count = is.readInt();
        if (count != quantizers.byName().size()) {
            throw new MalformedModelException(
                    "The file holds "
                            + count
                            + " quantizers, the prepared model has "
                            + quantizers.byName().size()
                            + ".");
        }
        for (Map.Entry<String, FakeQuantize> entry : quantizers.byName().entrySet()) {
            String name = is.readUTF();
            String scheme = is.readUTF();
            String expected = entry.getValue().getRecipe().scheme().toString();
            if (!name.equals(entry.getKey()) || !scheme.equals(expected)) {
                throw new MalformedModelException(
                        "The file holds the quantizer "
                                + name
                                + " of "
                                + scheme
                                + ", the prepared model has "
                                + entry.getKey()
                                + " of "
                                + expected
                                + ".");
            }
            entry.getValue().loadParameters(manager, is);
        }
        loadEstimators(manager, is);
        transaction.requireSameShapes();
        steps.set(savedSteps);
        batchNormFrozen = savedBatchNormFrozen;
        if (savedObserversFrozen) {
            freezeObservers();
        }
    }

    private void loadEstimators(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        int count = is.readInt();
        if (count != estimators().size()) {
            throw new MalformedModelException(
                    "The file holds "
                            + count
                            + " tensors with an estimator, the prepared model has "
                            + estimators().size()
                            + ".");
        }
        for (Map.Entry<String, EstimatorQuantize> entry : estimators().entrySet()) {
            String name = is.readUTF();
            String method = is.readUTF();
            String expected = entry.getValue().getRecipe().toString();
            if (!name.equals(entry.getKey()) || !method.equals(expected)) {
                throw new MalformedModelException(
                        "The file holds "
                                + name
                                + " quantized as "
                                + method
                                + ", the prepared model has "
                                + entry.getKey()
                                + " quantized as "
                                + expected
                                + ".");
            }
            entry.getValue().loadParameters(manager, is);
        }
    }
}
