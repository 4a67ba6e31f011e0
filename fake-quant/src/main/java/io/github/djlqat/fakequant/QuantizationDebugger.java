package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.intercept.OpCall;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares each quantized operation of a prepared model with the same operation unquantized, on the
 * same inputs: those that the quantized model computes. A layer that a BatchNorm is folded into is
 * compared behind the BatchNorm.
 *
 * <p>The model stays as it is, and no array outlives the run.
 */
public final class QuantizationDebugger {

    private final QuantizedBlock block;
    private final ArgumentIndex arguments;

    /** Hears what a run computes. The arrays are valid only within the call. */
    public interface Listener {

        /**
         * Hears an activation, as its quantizer is given it.
         *
         * @param operation the operation that takes it
         * @param argument how it is quantized
         * @param values the values
         */
        default void activation(
                QuantizedOperation operation, QuantizedArgument argument, NDArray values) {}

        /**
         * Hears the result of an operation.
         *
         * @param operation the operation
         * @param exact the result of unquantized arguments
         * @param quantized the result of quantized arguments, of the same shape
         */
        void output(QuantizedOperation operation, NDArray exact, NDArray quantized);
    }

    /**
     * Creates a debugger.
     *
     * @param block a prepared and calibrated block
     */
    public QuantizationDebugger(QuantizedBlock block) {
        this.block = block;
        this.arguments = new ArgumentIndex(block);
    }

    /**
     * Runs the model once in inference.
     *
     * @param manager a manager on the device to run on; nothing stays attached to it
     * @param inputs the inputs; neither changed nor closed
     * @param listener hears what is computed, in order of execution
     * @throws IllegalStateException if a quantizer has seen no data
     */
    public void run(NDManager manager, NDList inputs, Listener listener) {
        try (NDManager scope = manager.newSubManager()) {
            NDList copies = new NDList(inputs.size());
            for (NDArray input : inputs) {
                NDArray copy = input.toDevice(manager.getDevice(), true);
                copy.attach(scope);
                copies.add(copy);
            }
            block.probed(new Comparison(listener))
                    .forward(new ParameterStore(scope, false), copies, false);
        }
    }

    /** A result whose exact twin the operations behind it are compared with. */
    private record Pending(QuantizedOperation operation, NDArray exact) {}

    private final class Comparison implements Probe {

        private final Listener listener;
        private final Map<NDArray, Pending> pending = new IdentityHashMap<>();

        Comparison(Listener listener) {
            this.listener = listener;
        }

        @Override
        public NDList run(
                OpCall call,
                @Nullable SitePlan plan,
                List<@Nullable Object> given,
                Supplier<NDList> quantized) {
            QuantizedOperation earlier = pendingOperation(given);
            boolean normalizes = plan != null && plan.foldedBatchNorm();
            QuantizedOperation own =
                    plan == null || normalizes || plan.absorbedRectifier()
                            ? null
                            : arguments.operation(call.site(), plan);
            if (own == null && earlier == null || own != null && own.arguments().isEmpty()) {
                return quantized.get();
            }
            QuantizedOperation operation = normalizes ? earlier : joined(call, own, earlier);
            if (own != null) {
                hear(own, plan, given);
            }
            NDList exact = call.proceed(exactArguments(call, given));
            NDList result = quantized.get();
            if (exact.size() != 1 || result.size() != 1 || operation == null) {
                return result;
            }
            NDArray twin = exact.get(0);
            boolean later =
                    plan == null || own == null
                            ? !normalizes && Ops.isValuePreserving(call.op())
                            : arguments.isCompletedLater(call.op(), plan);
            if (later) {
                pending.put(result.get(0), new Pending(operation, twin));
                return result;
            }
            listener.output(operation, twin, result.get(0));
            if (given.stream().noneMatch(argument -> argument == twin)) {
                twin.close();
            }
            if (normalizes) {
                close(given);
            }
            return result;
        }

        private void hear(
                QuantizedOperation operation,
                @Nullable SitePlan plan,
                List<@Nullable Object> given) {
            if (plan == null) {
                return;
            }
            arguments
                    .activations(plan)
                    .forEach(
                            (position, argument) -> {
                                NDArray values = array(given, position);
                                if (values != null) {
                                    listener.activation(operation, argument, values);
                                }
                            });
        }

        /** Frees what a layer computed for the BatchNorm that has taken it. */
        private void close(List<@Nullable Object> given) {
            for (Object argument : given) {
                Pending known = argument instanceof NDArray array ? pending.remove(array) : null;
                if (known != null) {
                    known.exact().close();
                }
            }
        }

        private @Nullable QuantizedOperation pendingOperation(List<@Nullable Object> given) {
            for (Object argument : given) {
                Pending known = argument instanceof NDArray array ? pending.get(array) : null;
                if (known != null) {
                    return known.operation();
                }
            }
            return null;
        }

        private List<@Nullable Object> exactArguments(OpCall call, List<@Nullable Object> given) {
            List<@Nullable Object> exact = new ArrayList<>(given);
            exact.replaceAll(
                    argument -> {
                        Pending known =
                                argument instanceof NDArray array ? pending.get(array) : null;
                        return known == null ? argument : known.exact();
                    });
            if (call.isInPlace() && exact.get(0) instanceof NDArray receiver) {
                NDArray copy = receiver.duplicate();
                exact.set(0, copy);
            }
            return exact;
        }
    }

    /** The operation that a weight was rounded for on its way there. */
    private static QuantizedOperation joined(
            OpCall call, @Nullable QuantizedOperation own, @Nullable QuantizedOperation earlier) {
        if (earlier == null && own != null) {
            return own;
        }
        List<QuantizedArgument> all = new ArrayList<>();
        if (own != null) {
            all.addAll(own.arguments());
        }
        if (earlier != null) {
            all.addAll(earlier.arguments());
        }
        return new QuantizedOperation(call.site().name(), call.op(), all);
    }

    private static @Nullable NDArray array(
            List<@Nullable Object> given, ArgumentPosition position) {
        Object argument = given.get(position.index());
        if (position.element() >= 0 && argument instanceof NDList list) {
            return list.get(position.element());
        }
        return argument instanceof NDArray array ? array : null;
    }
}
