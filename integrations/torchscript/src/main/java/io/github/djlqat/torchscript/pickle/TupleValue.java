package io.github.djlqat.torchscript.pickle;

import java.util.List;

/**
 * A tuple.
 *
 * @param items the items
 */
public record TupleValue(List<PickleValue> items) implements PickleValue {

    /**
     * Copies the items.
     *
     * @param items the items
     */
    public TupleValue {
        items = List.copyOf(items);
    }
}
