package io.github.djlqat.safetensors;

import java.util.List;
import java.util.Map;

/**
 * A validated header.
 *
 * @param tensors the tensors, in the order of their data; they fill it without a hole or an overlap
 * @param metadata the free-form texts
 * @param dataStart the offset in the file at which the data starts
 */
record Header(List<TensorInfo> tensors, Map<String, String> metadata, long dataStart) {

    /** The bytes before the header: its length as a little-endian 64-bit number. */
    static final int PREFIX_BYTES = 8;

    /** The longest legal header, as in the reference implementation. */
    static final int MAX_BYTES = 100_000_000;

    /** The name that is not a tensor. */
    static final String METADATA = "__metadata__";
}
