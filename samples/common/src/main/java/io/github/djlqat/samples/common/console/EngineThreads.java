package io.github.djlqat.samples.common.console;

import io.github.djlqat.samples.common.training.Seeds;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of the number of threads. */
public final class EngineThreads {

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads of one operation; the engine's choice where not given")
    private @Nullable Integer threads;

    /** Creates the option, as picocli does. */
    public EngineThreads() {}

    /**
     * Sets the number of threads, where it is given; the engine must not have been used before.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public void apply() {
        if (threads != null) {
            Seeds.setThreads(threads);
        }
    }
}
