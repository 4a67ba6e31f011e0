package io.github.djlqat.cli;

import io.github.djlqat.workflow.SearchBudget;
import io.github.djlqat.workflow.SearchRequest;
import io.github.djlqat.workflow.SearchResult;
import io.github.djlqat.workflow.SearchTask;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches a mixed-precision recipe. */
@Command(
        name = "search",
        description =
                "Find a mixed-precision recipe: measure how much a model of DJL blocks suffers from"
                        + " each number of bits at each layer, and choose what a budget buys best.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat search resnet/ --classpath net.jar --data cifar10/ --average-bits 4 --output"
                    + " mixed.yaml",
            "  djl-qat train resnet/ --classpath net.jar --data cifar10/ --recipe mixed.yaml"
                    + " --output mixed/"
        })
final class SearchCommand extends BaseCommand {

    @Parameters(paramLabel = "MODEL", description = "A DJL model folder, or a safetensors file.")
    private Path model;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description =
                    "Samples to measure on: .npz, .npy, .csv, idx, CIFAR-10, or a folder of"
                            + " images.")
    private Path data;

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
            defaultValue = "2,3,4,5,6,8",
            description = "The bits that layers may have. Default: ${DEFAULT-VALUE}.")
    private List<Integer> bits;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The recipe to write: .yaml or .json.")
    private Path output;

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description = "Write each layer's scores to this JSON file too.")
    private @Nullable Path scores;

    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;
    @Mixin private CalibrationArguments calibration;

    @Override
    public Integer call() {
        SearchBudget budget =
                new SearchBudget(
                        weightBits == null ? averageBits : weightBits,
                        activationBits == null ? averageBits : activationBits,
                        weightBytes);
        SearchResult result =
                new SearchTask()
                        .run(
                                new SearchRequest(
                                        modelArguments.source(model),
                                        dataArguments.source(data, "train"),
                                        calibration.calibration(),
                                        budget,
                                        bits,
                                        output,
                                        scores),
                                progress());
        return print(result, out -> words(result, out));
    }

    private static void words(SearchResult result, PrintStream out) {
        TextTable table = new TextTable("layer", "bits");
        result.layers().forEach(table::add);
        out.print(table.format());
        out.println();
        result.budget().forEach(check -> out.println(Texts.check(check)));
        out.println(
                "Searched on "
                        + result.samples()
                        + " samples in "
                        + Texts.seconds(result.seconds())
                        + ": "
                        + result.output());
    }
}
