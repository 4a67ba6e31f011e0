package io.github.djlqat.workflow;

import java.util.List;

/**
 * What calibration did.
 *
 * @param model the model's file or folder
 * @param recipe the recipe's name
 * @param output the prepared model
 * @param samples the number of samples used
 * @param quantizers the quantizers with their ranges; empty for a TorchScript model
 * @param unseen the quantizers of a TorchScript model that saw no data, and do nothing
 * @param seconds the time that it took
 */
public record CalibrateResult(
        String model,
        String recipe,
        String output,
        int samples,
        List<QuantizerInfo> quantizers,
        List<String> unseen,
        double seconds) {}
