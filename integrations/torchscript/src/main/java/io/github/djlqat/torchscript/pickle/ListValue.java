package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;

/**
 * A list.
 *
 * @param kind what its items may be
 * @param items the items
 */
public record ListValue(ListKind kind, List<PickleValue> items) implements PickleValue {

    /**
     * Copies the items.
     *
     * @param kind what its items may be
     * @param items the items
     * @throws TorchScriptException if an item is not of the kind
     */
    public ListValue {
        items = List.copyOf(items);
        for (PickleValue item : items) {
            if (!kind.admits(item)) {
                throw new TorchScriptException(
                        "A list of "
                                + kind
                                + " holds a "
                                + item.getClass().getSimpleName()
                                + ", which is not one of them.");
            }
        }
    }
}
