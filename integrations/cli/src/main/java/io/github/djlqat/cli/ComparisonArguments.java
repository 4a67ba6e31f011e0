package io.github.djlqat.cli;

import picocli.CommandLine.Option;

/** How models that are compared are run. */
final class ComparisonArguments {

    @Option(
            names = "--batch-size",
            paramLabel = "COUNT",
            defaultValue = "32",
            description = "How many samples are run at a time. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--runs",
            paramLabel = "COUNT",
            defaultValue = "50",
            description =
                    "How often each model runs one sample, in turn, to take the median time; 0 not"
                            + " to. Default: ${DEFAULT-VALUE}.")
    private int runs;

    int batchSize() {
        return batchSize;
    }

    int runs() {
        return runs;
    }
}
