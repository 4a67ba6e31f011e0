package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import io.github.djlqat.kernel.Kernels;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fake quantizers of a prepared model, as a block so that their parameters are trained and
 * saved with it.
 */
final class Quantizers extends AbstractBlock {

    private final Map<String, FakeQuantize> byName = new LinkedHashMap<>();
    private final Map<String, EstimatorQuantize> estimators = new LinkedHashMap<>();
    private final Kernels kernels;
    private final ObserverTime observerTime = new ObserverTime();

    Quantizers(QuantizationPlan plan, NDManager manager) {
        kernels = Kernels.forManager(manager);
        manager.attachInternal(NDManager.nextUid(), kernels);
        for (QuantizerPlan quantizer : plan.quantizers()) {
            FakeQuantize block =
                    FakeQuantize.builder(quantizer.recipe())
                            .optName(quantizer.name())
                            .optWeight(quantizer.weight() != null)
                            .optKernels(kernels)
                            .optRectifies(quantizer.rectifies())
                            .build();
            block.measure(observerTime);
            block.initialize(manager, DataType.FLOAT32, quantizer.shape());
            byName.put(quantizer.name(), addChildBlock(quantizer.name(), block));
        }
        for (EstimatorPlan estimator : plan.estimators()) {
            EstimatorQuantize block = new EstimatorQuantize(estimator, kernels);
            block.initialize(manager, DataType.FLOAT32, estimator.shape());
            estimators.put(estimator.name(), addChildBlock(estimator.name(), block));
        }
        inputShapes = new Shape[0];
    }

    Kernels kernels() {
        return kernels;
    }

    ObserverTime observerTime() {
        return observerTime;
    }

    Map<String, EstimatorQuantize> estimators() {
        return Collections.unmodifiableMap(estimators);
    }

    Map<String, FakeQuantize> byName() {
        return Collections.unmodifiableMap(byName);
    }

    boolean areCalibrated() {
        return waiting().isEmpty();
    }

    /** Returns the names of those that have neither scales nor compute them. */
    List<String> waiting() {
        return Stream.concat(
                        byName.values().stream()
                                .filter(block -> !block.isCalibrated())
                                .map(FakeQuantize::getName),
                        estimators.values().stream()
                                .filter(block -> !block.isCalibrated())
                                .map(EstimatorQuantize::getName))
                .toList();
    }

    void setObserving(boolean observing) {
        byName.values().forEach(block -> block.setObserving(observing));
    }

    /** Has what is learned begin again with the next training forward. */
    void beginAgain() {
        byName.values().forEach(FakeQuantize::beginAgain);
        estimators.values().forEach(EstimatorQuantize::beginAgain);
    }

    /** Gives the estimators of weights, which are there already, their first values. */
    void calibrateEstimatedWeights(ParameterList parameters) {
        for (Pair<String, Parameter> pair : parameters) {
            EstimatorQuantize estimator = estimators.get(pair.getKey());
            if (estimator != null && estimator.plan().weight()) {
                estimator.calibrate(estimator.firstValues(pair.getValue().getArray()));
            }
        }
    }

    /** Returns the values of a format that a weight is rounded to. */
    float[] rounded(Parameter weight, FormatUse use) {
        NDArray array = weight.getArray();
        try (NDManager scope = array.getManager().newSubManager()) {
            return new FormatRounding(kernels).round(scope, array, use).toFloatArray();
        }
    }

    /** Returns the values that a published method rounds a weight to. */
    float[] estimated(Parameter weight, String name) {
        NDArray array = weight.getArray();
        EstimatorQuantize estimator = Objects.requireNonNull(estimators.get(name), name);
        try (NDManager scope = array.getManager().newSubManager()) {
            return estimator
                    .apply(new ParameterStore(scope, false), scope, array, false)
                    .toFloatArray();
        }
    }

    /** The parameters that no training changes. */
    Set<Parameter> constants() {
        Set<Parameter> constants = Collections.newSetFromMap(new IdentityHashMap<>());
        byName.values().forEach(block -> constants.addAll(block.constants()));
        estimators.values().forEach(block -> constants.addAll(block.constants()));
        return constants;
    }

    /** Has others go on with the parameters of these; those without successor are frozen. */
    void giveWayTo(Quantizers next) {
        byName.forEach(
                (name, old) -> {
                    FakeQuantize successor = next.byName.get(name);
                    if (successor == null || !successor.goOnWithParametersOf(old)) {
                        old.freezeParameters(true);
                    }
                });
        estimators.values().forEach(old -> old.freezeParameters(true));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        throw new UnsupportedOperationException("The quantizers of a model are no layer of it.");
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return shapes;
    }
}
