package io.github.djlqat.workflow;

import java.util.List;
import java.util.Map;

/**
 * What a search found.
 *
 * @param model the model's file or folder
 * @param output the recipe's file
 * @param samples the number of samples used
 * @param layers what each layer is quantized to, such as {@code w4a8}, in the order of execution
 * @param budget what is used of each limit
 * @param seconds the time that it took
 */
public record SearchResult(
        String model,
        String output,
        int samples,
        Map<String, String> layers,
        List<Check> budget,
        double seconds) {}
