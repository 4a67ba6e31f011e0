package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import io.github.djlqat.intercept.OpCall;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sees the operations of a quantized forward pass with their unquantized arguments. */
@FunctionalInterface
interface Probe {

    /**
     * Computes one operation.
     *
     * @param call the operation
     * @param plan what is quantized there, or null for nothing
     * @param arguments the arguments before they are quantized, with rectifiers done
     * @param quantized computes the operation as the prepared model does
     * @return the result that the forward pass goes on with
     */
    NDList run(
            OpCall call,
            @Nullable SitePlan plan,
            List<@Nullable Object> arguments,
            Supplier<NDList> quantized);
}
