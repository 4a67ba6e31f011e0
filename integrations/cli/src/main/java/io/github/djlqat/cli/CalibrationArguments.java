package io.github.djlqat.cli;

import io.github.djlqat.workflow.Calibration;
import picocli.CommandLine.Option;

/** How many samples choose the ranges of activations. */
final class CalibrationArguments {

    @Option(
            names = "--calibration-samples",
            paramLabel = "COUNT",
            defaultValue = "320",
            description =
                    "The number of samples, drawn at random, that choose the ranges of activations."
                            + " Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--calibration-batch",
            paramLabel = "COUNT",
            defaultValue = "32",
            description = "How many of them are run at a time. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    Calibration calibration() {
        return new Calibration(batchSize, samples);
    }
}
