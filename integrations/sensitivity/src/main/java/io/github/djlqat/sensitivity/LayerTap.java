package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.fakequant.QuantizedLayer;
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
import org.jspecify.annotations.Nullable;

/**
 * Measures what quantization does at one layer itself: its two halves stand around the interceptor
 * that quantizes, and so see what the layer is given before and after. The layer is computed a
 * second time from what it was given before.
 */
final class LayerTap {

    private final Map<Site, QuantizedLayer> operations = new HashMap<>();
    private final Map<Site, QuantizedLayer> weights = new HashMap<>();
    private SignalToNoise output = SignalToNoise.NONE;
    private double inputNoise;
    private double weightNoise = Double.NaN;

    /** What one pass gave the layer before it was quantized. */
    private static final class Before {
        private final Map<Site, List<@Nullable Object>> arguments = new HashMap<>();
        private final Map<NDArray, NDArray> views = new IdentityHashMap<>();
    }

    /** Taps all uses of one layer. */
    LayerTap(List<QuantizedLayer> uses) {
        for (QuantizedLayer use : uses) {
            operations.put(use.site(), use);
            weights.put(use.weightSite(), use);
        }
    }

    /** Returns the energies of the layer's output. */
    SignalToNoise output() {
        return output;
    }

    /** Returns the sum over all samples of \( \lVert Q(x) - x \rVert^2 \). */
    double inputNoise() {
        return inputNoise;
    }

    /** Returns \( \lVert Q(w) - w \rVert^2 \). */
    double weightNoise() {
        return weightNoise;
    }

    /** The half that stands before the interceptor that quantizes. */
    Interceptor before() {
        return call -> {
            if (operations.containsKey(call.site()) || weights.containsKey(call.site())) {
                state(call.pass()).arguments.put(call.site(), call.arguments());
            }
            return call.proceed();
        };
    }

    /** The half that stands behind it. */
    Interceptor behind() {
        return this::compare;
    }

    private static Before state(ForwardPass pass) {
        return pass.state(LayerTap.class, Before::new);
    }

    private NDList compare(OpCall call) {
        Before before = state(call.pass());
        List<@Nullable Object> given = before.arguments.get(call.site());
        if (given == null) {
            return call.proceed();
        }
        QuantizedLayer weight = weights.get(call.site());
        if (weight != null && Double.isNaN(weightNoise)) {
            weightNoise = noise(given, call.arguments(), weight.weightIndex());
        }
        QuantizedLayer operation = operations.get(call.site());
        return operation == null
                ? view(call, given, before)
                : operation(call, given, before, operation);
    }

    /** A weight that is transposed on its way to the layer is so in floating point, too. */
    private static NDList view(OpCall call, List<@Nullable Object> given, Before before) {
        NDList exact = call.proceed(given);
        call.pass().inputManager().ifPresent(exact::attach);
        NDList outputs = call.proceed();
        before.views.put(outputs.get(0), exact.get(0));
        return outputs;
    }

    private NDList operation(
            OpCall call, List<@Nullable Object> given, Before before, QuantizedLayer layer) {
        inputNoise += noise(given, call.arguments(), layer.inputIndex());
        List<@Nullable Object> exact = new ArrayList<>();
        for (Object argument : given) {
            NDArray view = argument instanceof NDArray array ? before.views.get(array) : null;
            exact.add(view == null ? argument : view);
        }
        NDList outputs = call.proceed();
        try (NDList references = call.proceed(exact)) {
            NDArray reference = references.get(0);
            output =
                    output.plus(
                            new SignalToNoise(
                                    squares(reference), squares(outputs.get(0), reference)));
        }
        return outputs;
    }

    private static double noise(
            List<@Nullable Object> exact, List<@Nullable Object> quantized, int index) {
        NDArray one = (NDArray) Objects.requireNonNull(exact.get(index));
        NDArray other = (NDArray) Objects.requireNonNull(quantized.get(index));
        return one == other ? 0 : squares(other, one);
    }

    private static double squares(NDArray array) {
        try (NDArray squares = array.square();
                NDArray sum = squares.sum()) {
            return sum.getFloat();
        }
    }

    private static double squares(NDArray array, NDArray other) {
        try (NDArray difference = array.sub(other)) {
            return squares(difference);
        }
    }
}
