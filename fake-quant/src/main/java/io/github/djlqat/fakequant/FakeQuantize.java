package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rounds a tensor to the codes of a number format and back, with the straight-through gradient.
 *
 * <p>The input is a float32 tensor of any shape, the output one of the same shape with \( \hat x =
 * (\mathrm{clamp}(\mathrm{rint}(x / s) + z, q_{min}, q_{max}) - z) s \). The gradient to the input
 * is 1 inside the range and 0 outside (the clip mask). With {@link ScaleLearning#LSQ} the scale is
 * trained with the gradient of the paper, at the gradient scale \( g = 1 / \sqrt{N Q_P} \) for \( N
 * \) features that share a scale.
 *
 * <p>While observing, a training forward first updates the observer and takes the scale from it;
 * with LSQ only the first one does, unless the block was calibrated. Scale, zero point and what the
 * observer has seen are saved with the model.
 *
 * @see <a href="https://arxiv.org/abs/1806.08342">Krishnamoorthi, Quantizing deep convolutional
 *     networks</a>
 * @see <a href="https://arxiv.org/abs/1902.08153">Esser et al., Learned Step Size Quantization</a>
 */
public final class FakeQuantize extends AbstractBlock {

    private static final byte VERSION = 1;

    private final String name;
    private final TensorRecipe recipe;
    private final TensorObservation observation;
    private final IntegerRounding rounding;
    private final KernelsOnDemand kernels;
    private Parameter scale;
    private Parameter zeroPoint;
    private @Nullable ScaleShape layout;
    private volatile Observer observer;
    private volatile boolean calibrated;
    private volatile boolean observing = true;
    private volatile @Nullable ScaleFloor floor;
    private volatile ObserverTime observerTime = new ObserverTime();

    private FakeQuantize(Builder builder) {
        super(VERSION);
        recipe = builder.recipe;
        name = builder.name;
        observation = new TensorObservation(name, recipe, builder.weight, builder.rectifies);
        rounding = new IntegerRounding(recipe, builder.weight);
        kernels = new KernelsOnDemand(builder.kernels, this::owner);
        ConventionRounding.requireTrainable(recipe, name);
        observer = Observers.create(recipe.observer(), recipe.scheme());
        calibrated = isDynamic();
        scale =
                addParameter(
                        Parameter.builder()
                                .setName("scale")
                                .setType(Parameter.Type.OTHER)
                                .optInitializer(Initializer.ONES)
                                .optRequiresGrad(recipe.learning() == ScaleLearning.LSQ)
                                .build());
        zeroPoint =
                addParameter(
                        Parameter.builder()
                                .setName("zeroPoint")
                                .setType(Parameter.Type.OTHER)
                                .optInitializer(Initializer.ZEROS)
                                .optRequiresGrad(false)
                                .build());
    }

    /**
     * Starts to build a fake quantizer.
     *
     * @param recipe the format, observer and way of learning
     * @return a builder
     */
    public static Builder builder(TensorRecipe recipe) {
        return new Builder(recipe);
    }

    /**
     * Returns the name that errors give.
     *
     * @return the name
     */
    public String getName() {
        return name;
    }

    /**
     * Returns how the tensor is quantized.
     *
     * @return the recipe
     */
    public TensorRecipe getRecipe() {
        return recipe;
    }

    /**
     * Returns whether scale and zero point were chosen from data.
     *
     * @return true after the first observed batch
     */
    public boolean isCalibrated() {
        return calibrated;
    }

    /**
     * Returns whether scale and zero point are computed from each tensor anew, one for each token:
     * nothing is observed then.
     *
     * @return whether scales are dynamic
     */
    public boolean isDynamic() {
        return recipe.scheme().granularity() instanceof Granularity.PerToken;
    }

    /**
     * Returns what has been observed.
     *
     * @return the observer
     */
    public Observer getObserver() {
        return observer;
    }

    /**
     * Chooses whether training updates the observer.
     *
     * @param observing false to keep the scale of an observed quantizer where it is
     */
    public void setObserving(boolean observing) {
        this.observing = observing;
    }

    /** Adds the time of observing to a model's. */
    void measure(ObserverTime time) {
        observerTime = time;
    }

    /** Has a learned scale begin again with what the next training forward observes. */
    void beginAgain() {
        calibrated = calibrated && recipe.learning() != ScaleLearning.LSQ;
    }

    /** The parameters that no training changes. */
    List<Parameter> constants() {
        return recipe.learning() == ScaleLearning.LSQ
                ? List.of(zeroPoint)
                : List.of(scale, zeroPoint);
    }

    /**
     * Goes on with another quantizer's parameters, given the values of this one's.
     *
     * @return false if theirs are of another shape, or learned where these are not
     */
    boolean goOnWithParametersOf(FakeQuantize old) {
        if (!old.scale.getShape().equals(scale.getShape())
                || old.scale.requiresGradient() != scale.requiresGradient()) {
            return false;
        }
        setScale(old.scale.getArray(), scale.getArray().toFloatArray());
        old.zeroPoint.getArray().set(zeroPoint.getArray().toFloatArray());
        scale.close();
        zeroPoint.close();
        scale = old.scale;
        zeroPoint = old.zeroPoint;
        parameters.put(scale.getName(), scale);
        parameters.put(zeroPoint.getName(), zeroPoint);
        return true;
    }

    /**
     * Takes over an observer and the scale and zero point that it chooses.
     *
     * @param observed an observer of this block's scheme
     * @throws IllegalStateException if the observer has seen nothing, or the block is not
     *     initialized
     */
    public void calibrate(Observer observed) {
        QuantizationParameters chosen = observed.parameters();
        setScale(scale.getArray(), chosen.scales());
        setZeroPoint(zeroPoint.getArray(), chosen.zeroPoints());
        observer = observed;
        floor = ScaleFloor.below(name, chosen.scales());
        calibrated = true;
    }

    /**
     * Returns the scales and zero points in use.
     *
     * @return the parameters
     * @throws IllegalStateException if the block is not calibrated, or its scales are dynamic
     */
    public QuantizationParameters getQuantizationParameters() {
        requireCalibrated();
        if (isDynamic()) {
            throw new IllegalStateException(
                    "The quantizer "
                            + name
                            + " has scales for each tensor anew, and none to keep.");
        }
        if (recipe.learning() == ScaleLearning.LSQ) {
            lift(scale.getArray());
        }
        return currentParameters();
    }

    /** Returns scales and zero points as they are, a learned scale not yet kept positive. */
    QuantizationParameters currentParameters() {
        float[] zeros = zeroPoint.getArray().toFloatArray();
        int[] zeroPoints = new int[zeros.length];
        for (int i = 0; i < zeros.length; i++) {
            zeroPoints[i] = (int) zeros[i];
        }
        return new QuantizationParameters(
                recipe.scheme(), scale.getArray().toFloatArray(), zeroPoints);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        NDArray x = inputs.singletonOrThrow();
        return new NDList(apply(store, x.getManager(), x, training));
    }

    /** Quantizes and dequantizes; the result attaches to the manager given. */
    NDArray apply(ParameterStore store, NDManager manager, NDArray x, boolean training) {
        return Opaque.run(
                toString(),
                manager,
                arguments(store, x, training),
                (owner, plain) -> apply(owner, plain, training));
    }

    /** Returns what the quantizer computes from: an array, its scale and its zero point. */
    List<NDArray> arguments(ParameterStore store, NDArray x, boolean training) {
        return List.of(
                x,
                store.getValue(scale, x.getDevice(), training),
                store.getValue(zeroPoint, x.getDevice(), training));
    }

    /** Quantizes and dequantizes {@link #arguments}, none of them wrapped. */
    NDArray apply(NDManager manager, List<NDArray> arguments, boolean training) {
        NDArray x = arguments.get(0);
        if (isDynamic()) {
            return applyByToken(manager, x);
        }
        NDArray scaleValue = arguments.get(1);
        NDArray zeroValue = arguments.get(2);
        boolean learned = recipe.learning() == ScaleLearning.LSQ;
        if (training && observing && !(learned && calibrated)) {
            observerTime.run(() -> observe(x, scaleValue, zeroValue));
        }
        requireCalibrated();
        if (learned) {
            lift(scaleValue);
        }
        return rounding.round(manager, kernels, layout(x.getShape()), x, scaleValue, zeroValue);
    }

    private NDArray applyByToken(NDManager manager, NDArray x) {
        try {
            return rounding.roundByToken(manager, kernels, x);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The tensor " + name + " cannot be quantized: " + e.getMessage(), e);
        }
    }

    private void observe(NDArray x, NDArray scaleValue, NDArray zeroValue) {
        Observer seen = observation.show(x, observer, kernels);
        QuantizationParameters chosen = seen.parameters();
        setScale(scaleValue, chosen.scales());
        setZeroPoint(zeroValue, chosen.zeroPoints());
        observer = seen;
        floor = ScaleFloor.below(name, chosen.scales());
        calibrated = true;
    }

    /** Keeps a learned scale positive. */
    private void lift(NDArray scaleValue) {
        ScaleFloor known = floor;
        if (known == null) {
            // What a scale has become in training says nothing of where it began.
            float[] first =
                    observer.isEmpty() ? scaleValue.toFloatArray() : observer.parameters().scales();
            known = ScaleFloor.below(name, first);
            floor = known;
        }
        known.lift(scaleValue);
    }

    private static void setScale(NDArray array, float[] values) {
        array.set(values);
    }

    private static void setZeroPoint(NDArray array, int[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = values[i];
        }
        array.set(floats);
    }

    private void requireCalibrated() {
        if (!calibrated) {
            throw new IllegalStateException(
                    "The quantizer "
                            + name
                            + " has seen no data: calibrate the model, or run a training step, first.");
        }
    }

    private NDManager owner() {
        return scale.getArray().getManager();
    }

    private ScaleShape layout(Shape shape) {
        ScaleShape known = layout;
        if (known == null || known.isGrouped() && !known.fits(shape)) {
            known = ScaleShape.of(recipe.scheme().granularity(), shape);
            layout = known;
        }
        return known;
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        Shape shape =
                isDynamic()
                        ? new Shape(1)
                        : ScaleShape.of(recipe.scheme().granularity(), inputShapes[0]).scaleShape();
        scale.setShape(shape);
        zeroPoint.setShape(shape);
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        super.initialize(manager, DataType.FLOAT32, inputShapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    /** What is saved besides the parameters. */
    record State(Observer observer, boolean calibrated) {}

    State state() {
        return new State(observer, calibrated);
    }

    void restore(State state) {
        observer = state.observer();
        calibrated = state.calibrated();
        floor = null;
    }

    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        super.saveMetadata(os);
        os.writeBoolean(calibrated);
        SavedObserver.write(os, observer);
    }

    @Override
    public void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadMetadata(loadVersion, is);
        boolean savedCalibrated = is.readBoolean();
        observer = SavedObserver.read(is, recipe, name);
        calibrated = savedCalibrated;
        floor = null;
    }

    @Override
    public String toString() {
        return "FakeQuantize(" + name + ", " + recipe.scheme() + ")";
    }

    /** Builds a {@link FakeQuantize}. */
    public static final class Builder {

        private final TensorRecipe recipe;
        private String name = "FakeQuantize";
        private boolean weight;
        private boolean rectifies;
        private @Nullable Kernels kernels;

        private Builder(TensorRecipe recipe) {
            this.recipe = recipe;
        }

        /**
         * Sets the name that errors give.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets whether the tensor is a weight, which is observed anew at each step, rather than an
         * activation, whose first axis counts samples.
         *
         * @param weight whether the tensor is a weight
         * @return this builder
         */
        public Builder optWeight(boolean weight) {
            this.weight = weight;
            return this;
        }

        /**
         * Sets whether negative values are to be cut off, as a rectifier in front of the block
         * would. The format must have a range that begins at zero: affine, or unsigned.
         *
         * @param rectifies whether to do a rectifier's work
         * @return this builder
         */
        public Builder optRectifies(boolean rectifies) {
            this.rectifies = rectifies;
            return this;
        }

        /**
         * Sets kernels to share with other quantizers; by default the block loads its own.
         *
         * @param kernels the kernels, closed by the caller
         * @return this builder
         */
        public Builder optKernels(Kernels kernels) {
            this.kernels = kernels;
            return this;
        }

        /**
         * Builds the block.
         *
         * @return the block
         */
        public FakeQuantize build() {
            return new FakeQuantize(this);
        }
    }
}
