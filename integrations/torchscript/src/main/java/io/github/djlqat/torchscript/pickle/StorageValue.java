package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;

/**
 * The memory behind one or several tensors: a record of the archive.
 *
 * @param type the type of its elements
 * @param key the record's name in the folder of the pickle's tensors
 * @param device the device it was on, such as {@code cpu} or {@code cuda:0}
 * @param elements the number of elements
 */
public record StorageValue(StorageType type, String key, String device, long elements)
        implements PickleValue {

    /**
     * Checks the size.
     *
     * @param type the type of its elements
     * @param key the record's name in the folder of the pickle's tensors
     * @param device the device it was on, such as {@code cpu} or {@code cuda:0}
     * @param elements the number of elements
     * @throws TorchScriptException if it is negative or exceeds 2^63 - 1 bytes
     */
    public StorageValue {
        if (elements < 0 || elements > Long.MAX_VALUE / type.bytes()) {
            throw new TorchScriptException(
                    "Storage "
                            + Text.quote(key)
                            + " has "
                            + elements
                            + " elements of "
                            + type.bytes()
                            + " bytes; 0 to 2^63 - 1 bytes are legal.");
        }
    }

    /**
     * Returns the size of the record.
     *
     * @return the size in bytes
     */
    public long bytes() {
        return elements * type.bytes();
    }
}
