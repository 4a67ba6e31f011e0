package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.intercept.Exact;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Replaces the planned arguments of operations by their fake-quantized values. */
final class QuantizeInterceptor implements Interceptor {

    private static final int BATCH_NORM_TRAINING = 9;
    private static final int BATCH_NORM_BETA = 5;
    private static final int INPUT = 1;
    private static final int BIAS = 3;

    private final Map<Site, SitePlan> sites;
    private final Dataflow dataflow;
    private final Map<String, FakeQuantize> quantizers;
    private final IntegerArithmetic arithmetic;
    private final FormatRounding formats;
    private final Map<String, EstimatorQuantize> estimators;
    private final Supplier<WeightShare> share;
    private final boolean batchNormFrozen;
    private final @Nullable Probe probe;

    /** What one forward pass has quantized already: by quantizer, by input. */
    private static final class Done {
        private final Map<String, Map<NDArray, NDArray>> results = new HashMap<>();
    }

    QuantizeInterceptor(
            QuantizationPlan plan,
            Quantizers quantizers,
            Supplier<WeightShare> share,
            boolean batchNormFrozen) {
        this(plan, quantizers, share, batchNormFrozen, null);
    }

    QuantizeInterceptor(
            QuantizationPlan plan,
            Quantizers quantizers,
            Supplier<WeightShare> share,
            boolean batchNormFrozen,
            @Nullable Probe probe) {
        this.share = share;
        this.probe = probe;
        this.sites = plan.sites();
        this.dataflow = plan.dataflow();
        this.quantizers = quantizers.byName();
        this.arithmetic = new IntegerArithmetic(quantizers.byName());
        this.formats = new FormatRounding(quantizers.kernels());
        this.estimators = quantizers.estimators();
        this.batchNormFrozen = batchNormFrozen;
    }

    @Override
    public NDList intercept(OpCall call) {
        DataflowTracker tracker = tracker(call.pass());
        DataflowTracker.Match match = tracker.match(call);
        NDList outputs = probe == null ? quantize(call, match) : probed(probe, call, match);
        tracker.follow(call, match, outputs);
        if (call.isInPlace()) {
            // What was computed from the array's old values must not stand for the new ones.
            done(call).values().forEach(results -> results.remove(call.arguments().get(0)));
        }
        return outputs;
    }

    @Override
    public void complete(ForwardPass pass, NDList outputs) {
        tracker(pass).complete();
        unrectified(pass).refuse(outputs);
    }

    private NDList probed(Probe seeing, OpCall call, DataflowTracker.Match match) {
        return seeing.run(
                call,
                sites.get(match.site()),
                unrectified(call.pass()).rectify(call.arguments()),
                () -> quantize(call, match));
    }

    private DataflowTracker tracker(ForwardPass pass) {
        return pass.state(DataflowTracker.class, () -> new DataflowTracker(dataflow, pass));
    }

    private static Unrectified unrectified(ForwardPass pass) {
        return pass.state(Unrectified.class, Unrectified::new);
    }

    private NDList quantize(OpCall call, DataflowTracker.Match match) {
        SitePlan plan = sites.get(match.site());
        if (plan == null) {
            return match.isKnown()
                    ? call.proceed()
                    : call.proceed(unrectified(call.pass()).rectify(call.arguments()));
        }
        if (plan.absorbedRectifier()) {
            return new NDList(unrectified(call.pass()).absorb((NDArray) call.arguments().get(0)));
        }
        List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
        plan.wider().forEach((at, name) -> replace(arguments, at, x -> activation(call, name, x)));
        plan.activations()
                .forEach((at, name) -> replace(arguments, at, x -> activation(call, name, x)));
        plan.weights()
                .forEach(
                        (position, use) -> replace(arguments, position, w -> weight(call, use, w)));
        plan.formats()
                .forEach((position, use) -> replace(arguments, position, x -> round(call, use, x)));
        plan.estimators()
                .forEach(
                        (position, name) ->
                                replace(arguments, position, x -> estimate(call, name, x)));
        if (!call.pass().training()) {
            return infer(plan, call, arguments);
        }
        if (plan.foldedBatchNorm() && batchNormFrozen) {
            arguments.set(BATCH_NORM_TRAINING, false);
        }
        LayerBias bias = plan.bias();
        if (bias != null && (bias.layer().fold() == null || batchNormFrozen)) {
            roundBias(bias, call, arguments);
        }
        return call.proceed(arguments);
    }

    private NDList infer(SitePlan plan, OpCall call, List<@Nullable Object> arguments) {
        if (plan.foldedBatchNorm() && plan.bias() != null) {
            // The layer added the bias that the BatchNorm is folded into.
            return new NDList((NDArray) arguments.get(INPUT));
        }
        IntegerOperation operation = plan.integer();
        return operation == null
                ? call.proceed(arguments)
                : Exact.run(arguments, () -> arithmetic.compute(operation, call, arguments));
    }

    /** Adds a bias as the accumulator takes it, with the gradient of the bias as it is. */
    private void roundBias(LayerBias bias, OpCall call, List<@Nullable Object> arguments) {
        BatchNormFold fold = bias.layer().fold();
        int position = fold == null ? BIAS : BATCH_NORM_BETA;
        float[] values =
                fold == null ? bias.rounded(quantizers) : bias.roundedShift(fold, quantizers);
        NDManager manager = inputManager(call);
        if (arguments.get(position) instanceof NDArray exact) {
            float[] own = exact.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] -= own[i];
            }
            try (NDArray change = manager.create(values, bias.shape())) {
                arguments.set(position, change.add(exact));
            }
        } else {
            arguments.set(position, manager.create(values, bias.shape()));
        }
    }

    private static NDManager inputManager(OpCall call) {
        return ((NDArray) Objects.requireNonNull(call.arguments().get(1))).getManager();
    }

    private NDArray activation(OpCall call, String name, NDArray x) {
        return once(call, name, x, () -> quantized(call, name, x));
    }

    private NDArray quantized(OpCall call, String name, NDArray x) {
        FakeQuantize quantizer = quantizer(name);
        boolean training = call.pass().training();
        if (training || !IntegerArithmetic.follows(quantizer.getRecipe().scheme())) {
            return quantizer.apply(call.pass().store(), x.getManager(), x, training);
        }
        try (NDArray rounded = Exact.run(List.of(x), () -> arithmetic.round(x, name))) {
            return quantizer.apply(call.pass().store(), x.getManager(), rounded, false);
        }
    }

    private NDArray weight(OpCall call, WeightUse use, NDArray w) {
        // A weight lives as long as the model; what is computed from it must go with the batch.
        NDManager manager = activationManager(call, w);
        return once(
                call,
                use.quantizer(),
                w,
                () ->
                        chosen(
                                call,
                                manager,
                                use.quantizer(),
                                w,
                                FoldedWeight.quantize(
                                        call.pass(), manager, quantizer(use.quantizer()), use, w)));
    }

    private NDArray round(OpCall call, FormatUse use, NDArray x) {
        NDManager manager = use.weight() ? activationManager(call, x) : x.getManager();
        return once(
                call,
                use.toString(),
                x,
                () -> {
                    NDArray rounded = formats.round(manager, x, use);
                    return use.weight()
                            ? chosen(call, manager, call.site().name(), x, rounded)
                            : rounded;
                });
    }

    private NDArray estimate(OpCall call, String name, NDArray x) {
        EstimatorQuantize estimator = Objects.requireNonNull(estimators.get(name), name);
        NDManager manager = estimator.plan().weight() ? activationManager(call, x) : x.getManager();
        return once(
                call,
                name,
                x,
                () -> {
                    NDArray rounded =
                            estimator.apply(
                                    call.pass().store(), manager, x, call.pass().training());
                    return estimator.plan().weight()
                            ? chosen(call, manager, name, x, rounded)
                            : rounded;
                });
    }

    /** Training may quantize some of a weight's elements only. */
    private NDArray chosen(
            OpCall call, NDManager manager, String name, NDArray weight, NDArray quantized) {
        return call.pass().training()
                ? share.get().choose(manager, name, quantized, weight)
                : quantized;
    }

    private static NDArray once(
            OpCall call, String name, NDArray input, Supplier<NDArray> compute) {
        Map<NDArray, NDArray> results =
                done(call).computeIfAbsent(name, n -> new IdentityHashMap<>());
        NDArray known = results.get(input);
        if (known == null) {
            known = compute.get();
            results.put(input, known);
        }
        return known;
    }

    private static Map<String, Map<NDArray, NDArray>> done(OpCall call) {
        return call.pass().state(QuantizeInterceptor.class, Done::new).results;
    }

    /** The manager of the first array that is no parameter, or the weight's where there is none. */
    private static NDManager activationManager(OpCall call, NDArray weight) {
        for (Object argument : call.arguments()) {
            if (argument instanceof NDArray array && call.parameter(array).isEmpty()) {
                return array.getManager();
            }
        }
        return call.pass().inputManager().orElse(weight.getManager());
    }

    private FakeQuantize quantizer(String name) {
        return Objects.requireNonNull(quantizers.get(name), name);
    }

    static void replace(
            List<@Nullable Object> arguments,
            ArgumentPosition position,
            java.util.function.UnaryOperator<NDArray> change) {
        Object argument = arguments.get(position.index());
        if (position.element() >= 0 && argument instanceof NDList list) {
            NDList changed = new NDList(list);
            changed.set(position.element(), change.apply(list.get(position.element())));
            arguments.set(position.index(), changed);
        } else if (argument instanceof NDArray array) {
            arguments.set(position.index(), change.apply(array));
        } else {
            throw new IllegalStateException(
                    "The model computes in another way than when it was prepared: argument "
                            + position.index()
                            + " is "
                            + argument
                            + ". A model whose operations depend on its data cannot be prepared.");
        }
    }
}
