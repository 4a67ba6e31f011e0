package io.github.djlqat.extension.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A prepared block as it was once. It is put back into the same arrays, which the trainer and its
 * optimizer hold.
 */
final class Snapshot implements AutoCloseable {

    private final NDManager scope;
    private final Map<Parameter, NDArray> values = new LinkedHashMap<>();
    private final Recipe recipe;
    private final Map<String, FakeQuantize> quantizers;
    private final Runnable state;

    private Snapshot(NDManager scope, QuantizedBlock block) {
        this.scope = scope;
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray copy = pair.getValue().getArray().duplicate();
            copy.attach(scope);
            values.put(pair.getValue(), copy);
        }
        recipe = block.getRecipe();
        quantizers = Map.copyOf(block.getQuantizers());
        state = block.rememberState();
    }

    /** Returns whether the block still has the recipe and the quantizers that it had. */
    boolean isOf(QuantizedBlock block) {
        return recipe.equals(block.getRecipe()) && quantizers.equals(block.getQuantizers());
    }

    static Snapshot of(QuantizedBlock block, NDManager manager) {
        return new Snapshot(manager.newSubManager(), block);
    }

    void putBack() {
        values.forEach((parameter, value) -> value.copyTo(parameter.getArray()));
        state.run();
    }

    @Override
    public void close() {
        scope.close();
    }
}
