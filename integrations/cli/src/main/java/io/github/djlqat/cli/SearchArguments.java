package io.github.djlqat.cli;

import io.github.djlqat.workflow.SearchBudget;
import io.github.djlqat.workflow.SearchOptions;
import io.github.djlqat.workflow.SearchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a mixed-precision recipe may use, and how it is searched. */
final class SearchArguments {

    @Option(
            names = "--average-bits",
            paramLabel = "BITS",
            description = "The average bits of weights, and likewise those of activations.")
    private @Nullable Double averageBits;

    @Option(
            names = "--weight-bits",
            paramLabel = "BITS",
            description = "The average bits of weights.")
    private @Nullable Double weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "BITS",
            description = "The average bits of activations.")
    private @Nullable Double activationBits;

    @Option(
            names = "--weight-bytes",
            paramLabel = "BYTES",
            description = "The size of the layers' weights, packed, with their scales.")
    private @Nullable Long weightBytes;

    @Option(
            names = "--bits",
            split = ",",
            paramLabel = "BITS",
            description = "The bits that layers may have. Default: 2,3,4,5,6,8.")
    private List<Integer> bits = new ArrayList<>();

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description = "Write each layer's scores to this JSON file too.")
    private @Nullable Path scores;

    /** Whether any of the options is given. */
    boolean areGiven() {
        return averageBits != null
                || weightBits != null
                || activationBits != null
                || weightBytes != null
                || !bits.isEmpty()
                || scores != null;
    }

    SearchBudget budget() {
        return new SearchBudget(
                weightBits == null ? averageBits : weightBits,
                activationBits == null ? averageBits : activationBits,
                weightBytes);
    }

    List<Integer> bits() {
        return bits.isEmpty() ? SearchRequest.DEFAULT_BITS : bits;
    }

    @Nullable Path scores() {
        return scores;
    }

    /** The search before an output is made, whose recipe goes beside it; null for none. */
    @Nullable SearchOptions before(Path output) {
        return areGiven()
                ? new SearchOptions(budget(), bits(), recipeBeside(output), scores)
                : null;
    }

    /** {@code mixed.onnx} and {@code mixed/} go with {@code mixed.recipe.yaml}. */
    static Path recipeBeside(Path output) {
        Path whole = output.toAbsolutePath().normalize();
        String name = String.valueOf(whole.getFileName());
        String stem = name.replaceFirst("(?i)\\.(onnx|pt|pth|jit|safetensors)$", "");
        Path recipe = whole.resolveSibling(stem + ".recipe.yaml");
        return output.isAbsolute() ? recipe : Path.of("").toAbsolutePath().relativize(recipe);
    }
}
