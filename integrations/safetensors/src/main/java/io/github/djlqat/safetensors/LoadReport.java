package io.github.djlqat.safetensors;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load did.
 *
 * @param loaded the parameter that each tensor of the file went to, by the tensor's name, in the
 *     order of the file
 * @param missing the names of the parameters for which the file had no tensor, as in {@code
 *     block.getParameters()}; they kept their values
 * @param surplus the names of the tensors of the file that went nowhere
 */
public record LoadReport(Map<String, String> loaded, List<String> missing, List<String> surplus) {

    /**
     * Makes the report immutable.
     *
     * @param loaded the parameter that each tensor of the file went to, by the tensor's name, in
     *     the order of the file
     * @param missing the names of the parameters for which the file had no tensor, as in {@code
     *     block.getParameters()}; they kept their values
     * @param surplus the names of the tensors of the file that went nowhere
     */
    public LoadReport {
        loaded = Collections.unmodifiableMap(new LinkedHashMap<>(loaded));
        missing = List.copyOf(missing);
        surplus = List.copyOf(surplus);
    }
}
