package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a network that its loss is differentiated by: each layer's weight, or each layer's
 * input. An interceptor adds a shift to each, by which the loss has a gradient whether the tensor
 * is a parameter or computed; the model itself is not changed.
 */
final class Perturbation {

    /** Where a tensor is an argument. */
    private record Place(Site site, int index) {}

    private final Map<Place, String> tensors;

    private Perturbation(Map<Place, String> tensors) {
        this.tensors = tensors;
    }

    /** Perturbs weights, each under the parameter's name in all its uses. */
    static Perturbation ofWeights(List<QuantizedLayer> layers) {
        Map<Place, String> tensors = new LinkedHashMap<>();
        layers.forEach(
                layer ->
                        tensors.put(
                                new Place(layer.weightSite(), layer.weightIndex()),
                                layer.weight()));
        return new Perturbation(tensors);
    }

    /** Perturbs inputs, each under the name of the operation's site. */
    static Perturbation ofInputs(List<QuantizedLayer> layers) {
        Map<Place, String> tensors = new LinkedHashMap<>();
        layers.forEach(
                layer ->
                        tensors.put(
                                new Place(layer.site(), layer.inputIndex()),
                                layer.site().toString()));
        return new Perturbation(tensors);
    }

    /** Returns the tensors' names. */
    Set<String> names() {
        return Set.copyOf(tensors.values());
    }

    /** Returns an interceptor that hands every tensor, once for each use, to a consumer. */
    Interceptor watching(BiConsumer<String, NDArray> consumer) {
        return call -> {
            forEach(
                    call,
                    (index, name) ->
                            consumer.accept(
                                    name,
                                    (NDArray) Objects.requireNonNull(call.arguments().get(index))));
            return call.proceed();
        };
    }

    /** Returns an interceptor that adds shifts of the tensors' shapes. */
    Interceptor shifting(Map<String, NDArray> shifts) {
        return call -> shift(call, shifts);
    }

    private NDList shift(OpCall call, Map<String, NDArray> shifts) {
        List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
        forEach(
                call,
                (index, name) -> {
                    NDArray tensor = (NDArray) Objects.requireNonNull(arguments.get(index));
                    NDArray shifted = tensor.add(Objects.requireNonNull(shifts.get(name), name));
                    // A weight's manager is the model's, which nothing may stay in.
                    call.pass().inputManager().ifPresent(shifted::attach);
                    arguments.set(index, shifted);
                });
        return call.proceed(arguments);
    }

    private void forEach(OpCall call, BiConsumer<Integer, String> action) {
        Map<Integer, String> here = new HashMap<>();
        tensors.forEach(
                (place, name) -> {
                    if (place.site().equals(call.site())) {
                        here.put(place.index(), name);
                    }
                });
        here.forEach(action);
    }
}
