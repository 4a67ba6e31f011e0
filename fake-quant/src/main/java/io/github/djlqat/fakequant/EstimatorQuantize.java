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
import io.github.djlqat.estimator.Estimator;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.recipe.EstimatorRecipe;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Quantizes a tensor by a published method with a gradient of its own. What the method learns, such
 * as PACT's clipping level, is a parameter of this block, of shape (1): it takes its first value
 * from the first batch, is trained and saved with the model.
 *
 * @see EstimatorRecipe
 */
public final class EstimatorQuantize extends AbstractBlock {

    private static final byte VERSION = 2;

    private final EstimatorPlan plan;
    private final Method method;
    private final Kernels kernels;
    private final List<Parameter> learned = new ArrayList<>();
    private volatile boolean calibrated;
    private volatile List<ScaleFloor> floors = List.of();

    EstimatorQuantize(EstimatorPlan plan, Kernels kernels) {
        super(VERSION);
        this.plan = plan;
        this.method = Method.of(plan);
        this.kernels = kernels;
        for (Method.Learned number : method.learned()) {
            learned.add(
                    addParameter(
                            Parameter.builder()
                                    .setName(number.name())
                                    .setType(Parameter.Type.OTHER)
                                    .optShape(new Shape(1))
                                    .optInitializer(Initializer.ONES)
                                    .optRequiresGrad(number.trained())
                                    .build()));
        }
        calibrated = learned.isEmpty();
    }

    /**
     * Returns the name that errors give.
     *
     * @return the name
     */
    public String getName() {
        return plan.name();
    }

    /**
     * Returns how the tensor is quantized.
     *
     * @return the recipe
     */
    public EstimatorRecipe getRecipe() {
        return plan.recipe();
    }

    /**
     * Returns whether what the method learns has its first values.
     *
     * @return true after the first batch, and always where there is nothing to learn
     */
    public boolean isCalibrated() {
        return calibrated;
    }

    /** The parameters that no training changes. */
    List<Parameter> constants() {
        List<Parameter> constants = new ArrayList<>();
        for (int i = 0; i < learned.size(); i++) {
            if (!method.learned().get(i).trained()) {
                constants.add(learned.get(i));
            }
        }
        return constants;
    }

    EstimatorPlan plan() {
        return plan;
    }

    /** Has what is learned begin again with the next training forward. */
    void beginAgain() {
        restore(new State(learned.isEmpty(), List.of()));
    }

    /**
     * Returns where what is learned begins.
     *
     * @throws IllegalArgumentException if the tensor holds NaN or infinity
     */
    float[] firstValues(NDArray x) {
        return learned.isEmpty() ? new float[0] : method.firstValues(plan.name(), x);
    }

    /** Takes the first values. */
    void calibrate(float[] first) {
        List<NDArray> arrays = new ArrayList<>();
        learned.forEach(parameter -> arrays.add(parameter.getArray()));
        calibrate(first, arrays);
    }

    private void calibrate(float[] first, List<NDArray> arrays) {
        List<ScaleFloor> below = new ArrayList<>();
        for (int i = 0; i < first.length; i++) {
            arrays.get(i).set(new float[] {first[i]});
            if (isPositive(i)) {
                below.add(ScaleFloor.below(plan.name(), first[i]));
            }
        }
        floors = below;
        calibrated = true;
    }

    /** Quantizes; the result attaches to the manager given. */
    NDArray apply(ParameterStore store, NDManager manager, NDArray x, boolean training) {
        List<NDArray> arguments = new ArrayList<>(List.of(x));
        for (Parameter parameter : learned) {
            arguments.add(store.getValue(parameter, x.getDevice(), training));
        }
        return Opaque.run(
                toString(),
                manager,
                arguments,
                (owner, plain) -> applyPlain(owner, plain, training));
    }

    private NDArray applyPlain(NDManager manager, List<NDArray> arguments, boolean training) {
        NDArray x = arguments.get(0);
        List<NDArray> operands = arguments.subList(1, arguments.size());
        if (!calibrated && training) {
            calibrate(firstValues(x), operands);
        }
        requireCalibrated();
        keepPositive(operands);
        Estimator estimator = method.estimator(x.getShape());
        return kernels.run(manager, estimator, new NDList(arguments));
    }

    /** Levels, scales and steps divide. */
    private boolean isPositive(int number) {
        return method.learned().get(number).positive();
    }

    private void keepPositive(List<NDArray> operands) {
        Iterator<ScaleFloor> next = floors.iterator();
        for (int i = 0; i < operands.size(); i++) {
            if (isPositive(i)) {
                next.next().lift(operands.get(i));
            }
        }
    }

    private void requireCalibrated() {
        if (!calibrated) {
            throw new IllegalStateException(
                    "The quantizer "
                            + plan.name()
                            + " has seen no data: calibrate the model, or run a training step, first.");
        }
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

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        super.initialize(manager, DataType.FLOAT32, inputShapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    /** What is saved besides the parameters. */
    record State(boolean calibrated, List<ScaleFloor> floors) {}

    State state() {
        return new State(calibrated, floors);
    }

    void restore(State state) {
        floors = state.floors();
        calibrated = state.calibrated();
    }

    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        super.saveMetadata(os);
        os.writeBoolean(calibrated);
        for (ScaleFloor floor : floors) {
            os.writeFloat(floor.least()[0]);
        }
    }

    @Override
    public void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadMetadata(loadVersion, is);
        boolean savedCalibrated = is.readBoolean();
        List<ScaleFloor> savedFloors = new ArrayList<>();
        for (int i = 0; savedCalibrated && i < learned.size(); i++) {
            if (isPositive(i)) {
                savedFloors.add(new ScaleFloor(plan.name(), new float[] {readFloor(is)}));
            }
        }
        restore(new State(savedCalibrated, savedFloors));
    }

    private float readFloor(DataInputStream is) throws IOException, MalformedModelException {
        float least = is.readFloat();
        if (!(least > 0) || Float.isInfinite(least)) {
            throw new MalformedModelException(
                    "What the quantizer "
                            + plan.name()
                            + " learns is saved with a least value of "
                            + least
                            + "; it is positive and finite.");
        }
        return least;
    }

    @Override
    public String toString() {
        return "EstimatorQuantize(" + plan.name() + ", " + plan.recipe() + ")";
    }
}
