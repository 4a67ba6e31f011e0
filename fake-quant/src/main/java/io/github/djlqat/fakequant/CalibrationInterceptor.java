package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.observer.MovingAverageObserver;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.scheme.Granularity;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Feeds observers with the activations of a floating-point forward, leaving the quantizers
 * themselves alone.
 */
final class CalibrationInterceptor implements Interceptor {

    private final Map<Site, SitePlan> sites;
    private final Dataflow dataflow;
    private final Kernels kernels;
    private final Map<String, Observer> observers = new LinkedHashMap<>();
    private final Map<String, EstimatorQuantize> estimators;
    private final Map<String, float[]> firstValues = new LinkedHashMap<>();

    /** What one forward pass has observed already: by quantizer, which arrays. */
    private static final class Done {
        private final Map<String, Set<NDArray>> seen = new HashMap<>();
    }

    CalibrationInterceptor(
            QuantizationPlan plan, Kernels kernels, Map<String, EstimatorQuantize> estimators) {
        this.estimators = estimators;
        this.sites = plan.sites();
        this.dataflow = plan.dataflow();
        this.kernels = kernels;
        for (QuantizerPlan quantizer : plan.quantizers()) {
            boolean dynamic =
                    quantizer.recipe().scheme().granularity() instanceof Granularity.PerToken;
            if (quantizer.weight() == null && !dynamic) {
                observers.put(
                        quantizer.name(),
                        Observers.create(
                                quantizer.recipe().observer(), quantizer.recipe().scheme()));
            }
        }
    }

    Map<String, Observer> observers() {
        return observers;
    }

    /** Where what each method learns begins, by the first batch. */
    Map<String, float[]> firstValues() {
        return firstValues;
    }

    @Override
    public NDList intercept(OpCall call) {
        DataflowTracker tracker = tracker(call.pass());
        DataflowTracker.Match match = tracker.match(call);
        SitePlan plan = sites.get(match.site());
        if (plan != null) {
            plan.activations().forEach((position, name) -> observe(call, position, name));
            plan.estimators().forEach((position, name) -> begin(call, position, name));
        }
        NDList outputs = call.proceed();
        tracker.follow(call, match, outputs);
        return outputs;
    }

    @Override
    public void complete(ForwardPass pass, NDList outputs) {
        tracker(pass).complete();
    }

    private DataflowTracker tracker(ForwardPass pass) {
        return pass.state(DataflowTracker.class, () -> new DataflowTracker(dataflow, pass));
    }

    private void begin(OpCall call, ArgumentPosition position, String name) {
        if (!firstValues.containsKey(name)) {
            NDArray x = (NDArray) Objects.requireNonNull(call.arguments().get(position.index()));
            EstimatorQuantize estimator = Objects.requireNonNull(estimators.get(name), name);
            firstValues.put(name, estimator.firstValues(x));
        }
    }

    private void observe(OpCall call, ArgumentPosition position, String name) {
        if (!observers.containsKey(name)) {
            return;
        }
        Object argument = call.arguments().get(position.index());
        NDArray x =
                (NDArray)
                        (position.element() < 0
                                ? argument
                                : ((NDList) Objects.requireNonNull(argument))
                                        .get(position.element()));
        boolean first =
                call.pass()
                        .state(CalibrationInterceptor.class, Done::new)
                        .seen
                        .computeIfAbsent(
                                name, n -> Collections.newSetFromMap(new IdentityHashMap<>()))
                        .add(Objects.requireNonNull(x));
        if (!first) {
            return;
        }
        Observer observer = Objects.requireNonNull(observers.get(name));
        try {
            observers.put(name, observe(observer, x));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Calibration stopped at "
                            + call.site()
                            + ", tensor "
                            + name
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private Observer observe(Observer observer, NDArray x) {
        if (observer instanceof MovingAverageObserver average) {
            try (NDArray range = kernels.range(x)) {
                float[] ends = range.toFloatArray();
                return average.observeRange(ends[0], ends[1]);
            }
        }
        return observer.observe(x.toFloatArray(), x.getShape());
    }
}
