package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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

    private final TrainingProgress progress = new TrainingProgress();
    private volatile Preparation preparation;

    QuantizedBlock(
            Block block,
            Recipe recipe,
            List<Graph> graphs,
            QuantizationPlan plan,
            NDManager manager) {
        super(block);
        preparation = Preparation.of(block, recipe, graphs, plan, manager, progress::share);
    }

    /**
     * Goes on as another block that was prepared from the same one. Scales go on in the same
     * parameters, which a trainer and its optimizer know.
     */
    void become(QuantizedBlock next) {
        quantizers().giveWayTo(next.quantizers());
        preparation = next.preparation.withShare(progress::share);
        progress.goOnWith(quantizers());
    }

    /**
     * Returns the recipe the model was prepared by.
     *
     * @return the recipe
     */
    public Recipe getRecipe() {
        return preparation.recipe();
    }

    /**
     * Returns the quantizers by name: the full name of the weight, or the operation whose result is
     * quantized.
     *
     * @return an unmodifiable map in the order of execution
     */
    public Map<String, FakeQuantize> getQuantizers() {
        return quantizers().byName();
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
        FakeQuantize known = quantizers().byName().get(quantizer);
        if (known == null) {
            throw new IllegalArgumentException("The model has no quantizer " + quantizer + ".");
        }
        Parameter weight = weight(quantizer);
        if (weight == null || known.isDynamic() || !known.isCalibrated()) {
            return Optional.empty();
        }
        return Optional.of(
                WeightStatistics.of(
                        weight, plan().uses(quantizer).get(0), known.currentParameters()));
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
        return plan().weight(quantizer);
    }

    /**
     * Returns the names of the quantized layers.
     *
     * @return the names in order of execution
     */
    public List<String> getQuantizedLayers() {
        return plan().layerNames();
    }

    /**
     * Returns the quantized layers and their shapes.
     *
     * @return the layers in order of execution
     */
    public List<QuantizedLayer> getLayers() {
        return plan().layers().stream().map(LayerPlan::layer).toList();
    }

    /**
     * Returns an interceptor for inference with the inner block, under which some layers' inputs
     * and weights are rounded by this block's quantizers and all else is computed in floating
     * point. A layer's input is rounded at the layer itself, so that no other use of it is.
     *
     * @param layers names of quantized layers
     * @return the interceptor, to be given to an {@link InterceptedBlock} around {@link
     *     #getBlock()}
     * @throws IllegalArgumentException if the model has no quantized layer of a name
     */
    public Interceptor quantizingOnly(Collection<String> layers) {
        Preparation current = preparation;
        Set<String> known = new HashSet<>(current.plan().layerNames());
        for (String layer : layers) {
            if (!known.contains(layer)) {
                throw new IllegalArgumentException(
                        "The model has no quantized layer "
                                + layer
                                + "; it has "
                                + current.plan().layerNames()
                                + ".");
            }
        }
        return new QuantizeInterceptor(
                current.plan().only(layers, current.graphs().get(0)),
                current.quantizers(),
                progress::share,
                false);
    }

    /**
     * Returns the number of training forwards so far; the recipe's schedule counts them.
     *
     * @return the number of training steps
     */
    public long getSteps() {
        return progress.steps();
    }

    /** Begins to measure the time that observers take in training, which is not measured before. */
    public void measureObservers() {
        quantizers().observerTime().start();
    }

    /**
     * Returns how long observers of training forwards have taken since {@link #measureObservers}: a
     * part of the forwards' time. Calibration does not count.
     *
     * @return the time in nanoseconds, 0 where it is not measured
     */
    public long getObserverTime() {
        return quantizers().observerTime().total();
    }

    /**
     * Makes the BatchNorms that are folded into layers use and keep their running statistics in
     * training, whatever the recipe's schedule says.
     */
    public void freezeBatchNorm() {
        progress.freezeBatchNorm();
    }

    /** Makes all observers keep what they have seen, whatever the recipe's schedule says. */
    public void freezeObservers() {
        progress.freezeObservers(quantizers());
    }

    /**
     * Remembers what belongs to the model besides its parameters: what observers have seen, the
     * number of training steps, and what is frozen.
     *
     * @return puts it back when it is run; it throws {@link IllegalStateException} if the recipe
     *     has changed since
     */
    public Runnable rememberState() {
        Quantizers known = quantizers();
        QuantizerStates states = new QuantizerStates(known);
        TrainingProgress.State then = progress.state();
        return () -> {
            if (quantizers() != known) {
                throw new IllegalStateException(
                        "The recipe is another one than what is put back belongs to.");
            }
            states.restore();
            progress.restore(then, known);
        };
    }

    QuantizationPlan plan() {
        return preparation.plan();
    }

    Quantizers quantizers() {
        return preparation.quantizers();
    }

    Map<String, EstimatorQuantize> estimators() {
        return quantizers().estimators();
    }

    List<Graph> graphs() {
        return preparation.graphs();
    }

    /** Returns the inner block under an interceptor of the caller's. */
    InterceptedBlock intercepted(Interceptor interceptor) {
        return preparation.under(interceptor);
    }

    /** Returns the inner block, quantized as in inference, under a probe. */
    InterceptedBlock probed(Probe probe) {
        Preparation current = preparation;
        return current.under(
                new QuantizeInterceptor(
                        current.plan(), current.quantizers(), progress::share, true, probe));
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
        Preparation current = preparation;
        Quantizers quantizers = current.quantizers();
        TrainingOptions options = current.recipe().training();
        if (!isTraining) {
            boolean waiting =
                    progress.steps() <= options.quantizeAfter() && !quantizers.areCalibrated();
            return waiting && options.quantizeAfter() > 0 ? getBlock() : current.training();
        }
        long step = progress.next();
        if (step < options.quantizeAfter()) {
            return getBlock();
        }
        if (step == options.quantizeAfter() && step > 0) {
            // What was chosen before is that of other weights.
            quantizers.beginAgain();
        }
        progress.follow(options, step, quantizers);
        return progress.isBatchNormFrozen() ? current.frozen() : current.training();
    }

    /**
     * Checks that all quantizers have scales or compute them.
     *
     * @throws IllegalArgumentException naming the first one that data has to be seen by
     */
    void requireCalibrated() {
        List<String> waiting = quantizers().waiting();
        if (!waiting.isEmpty()) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + getRecipe().name()
                            + "\" chooses the ranges of "
                            + waiting.size()
                            + " activations, such as "
                            + waiting.get(0)
                            + ", from data, and there is none: give calibration data, or a recipe"
                            + " without activations such as int8-weight-only.");
        }
    }

    /** Frees the scales; the block it was prepared from stays. */
    void closeQuantizers() {
        quantizers().clear();
    }

    @Override
    public BlockList getChildren() {
        BlockList children = new BlockList();
        children.addAll(getBlock().getChildren());
        children.add("quantization", quantizers());
        return children;
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... shapes) {
        super.initialize(manager, dataType, shapes);
        // Gradients are attached when parameters are initialized, which a trainer asks for once
        // more.
        quantizers()
                .getParameters()
                .forEach(pair -> pair.getValue().initialize(manager, DataType.FLOAT32));
    }

    /**
     * Freezes parameters, or has them trained. Scales and zero points that are not learned are
     * never trained: a model that was loaded has all its parameters thawed for its trainer.
     */
    @Override
    public void freezeParameters(boolean freeze) {
        freezeParameters(freeze, parameter -> true);
    }

    @Override
    public void freezeParameters(boolean freeze, Predicate<Parameter> predicate) {
        Set<Parameter> constants = freeze ? Set.of() : quantizers().constants();
        super.freezeParameters(freeze, predicate.and(p -> !constants.contains(p)));
    }

    @Override
    public void clear() {
        super.clear();
        quantizers().clear();
    }

    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        super.saveParameters(os);
        SavedQuantizers.write(os, progress.state(), quantizers());
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
        Quantizers known = quantizers();
        LoadTransaction transaction = new LoadTransaction(getParameters());
        QuantizerStates states = new QuantizerStates(known);
        try {
            super.loadParameters(manager, is);
            transaction.requireSameShapes();
            TrainingProgress.State saved = SavedQuantizers.read(is, manager, known);
            if (saved != null) {
                transaction.requireSameShapes();
                progress.load(saved, known);
            }
        } catch (EOFException | BufferUnderflowException | IllegalArgumentException e) {
            transaction.rollBack(manager);
            states.restore();
            throw new MalformedModelException(
                    e instanceof EOFException
                            ? "The file of parameters ends before the last one."
                            : "The file of parameters cannot be read: " + e.getMessage(),
                    e);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            transaction.rollBack(manager);
            states.restore();
            throw e;
        }
    }
}
