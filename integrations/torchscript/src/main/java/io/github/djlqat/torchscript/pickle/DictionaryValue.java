package io.github.djlqat.torchscript.pickle;

import java.util.List;

/**
 * A dict, whose entries are kept in their order.
 *
 * @param entries the entries
 */
public record DictionaryValue(List<Entry> entries) implements PickleValue {

    /**
     * An entry.
     *
     * @param key the key
     * @param value the value
     */
    public record Entry(PickleValue key, PickleValue value) {}

    /**
     * Copies the entries.
     *
     * @param entries the entries
     */
    public DictionaryValue {
        entries = List.copyOf(entries);
    }
}
